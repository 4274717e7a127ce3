"""Files to documents: text settled once, speakers and roles by rule."""
