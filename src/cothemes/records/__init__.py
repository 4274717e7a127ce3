"""What the study is made of: frozen values with no input, output, clock or chance."""
