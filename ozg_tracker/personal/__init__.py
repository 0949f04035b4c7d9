"""What is stored of people: each field with its purpose, and each person's own file of it (Art. 15 GDPR)."""
