"""The words of messages, as a hospice changes them."""
