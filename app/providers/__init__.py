"""Who transcribes, answers and speaks. Vendor types never leave a provider's own package."""
