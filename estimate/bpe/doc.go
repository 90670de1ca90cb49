package bpe
