package main

func layTraps(t *tree) {}
