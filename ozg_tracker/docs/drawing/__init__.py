"""Pictures of the code, drawn from the code: `manage.py draw_docs` writes them into the documents that show them."""
