/// Data sets of texts: long texts as windows of tokens for models of language, and short ones with a class each.
@NullMarked
package dev.neurite.text.data;

import org.jspecify.annotations.NullMarked;
