"""What people say of rows and whom they tell: comments, mentions, and rows that are watched."""
