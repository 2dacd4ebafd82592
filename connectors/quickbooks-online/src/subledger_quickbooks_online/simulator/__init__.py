"""QuickBooks Online, simulated: a company's books and the HTTP door in front of them."""
