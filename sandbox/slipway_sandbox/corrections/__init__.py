"""What moto gets wrong, corrected in its classes."""
