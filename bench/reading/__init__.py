"""How well paper is read: figures over invented forms, beside the figures of Tesseract on the same pages."""
