/// A page that shows trainings while they run and afterwards, a playground, and reports.
@org.jspecify.annotations.NullMarked
package dev.neurite.dashboard;
