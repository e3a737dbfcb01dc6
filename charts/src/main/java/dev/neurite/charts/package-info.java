/// Charts of trainings and evaluations as SVG and PNG files.
@org.jspecify.annotations.NullMarked
package dev.neurite.charts;
