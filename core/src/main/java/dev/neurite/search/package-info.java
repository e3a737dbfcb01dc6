/// The search for good settings, and cross-validation: [dev.neurite.search.Search] trains with many points of a
/// space and compares them, [dev.neurite.search.CrossValidation] trains and evaluates once on each fold.
@NullMarked
package dev.neurite.search;

import org.jspecify.annotations.NullMarked;
