/// Directories of runs: what is in them, followed while they grow. Names of runs are data: they are
/// compared with the names of directories, and never become paths.
@NullMarked
package dev.neurite.dashboard.runs;

import org.jspecify.annotations.NullMarked;
