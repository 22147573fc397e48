"""Raw files in, tidy tables out: files of producers, forms of partners, communes as the year of each has them."""
