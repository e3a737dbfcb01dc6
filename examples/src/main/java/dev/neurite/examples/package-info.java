/// Example programs, one per file.
@NullMarked
package dev.neurite.examples;

import org.jspecify.annotations.NullMarked;
