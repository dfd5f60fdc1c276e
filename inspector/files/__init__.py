"""Which file is meant, and what it is: looked at by its bytes, before anything is run for it.

kinds      what a file is, by its content
targets    FILE, FILE:function, package.module:attribute, or a folder → the file to open
"""
