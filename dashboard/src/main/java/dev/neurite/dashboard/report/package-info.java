/// Reports: one HTML file that shows a training, an evaluation or a search, without scripts and without a network.
@org.jspecify.annotations.NullMarked
package dev.neurite.dashboard.report;
