/// What a page shows of a run: its curves, network, health, errors, examples and predictions, computed
/// from lines of logs, models and data. Knows no HTTP and no threads.
@NullMarked
package dev.neurite.dashboard.view;

import org.jspecify.annotations.NullMarked;
