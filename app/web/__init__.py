"""The web: which addresses may be asked, how a page is fetched, and what is read out of it."""
