"""From notebooks to pages: parameters, execution, HTML, the site of a territory."""
