package dev.neurite.model;

/// Figures of the elements of a tensor, computed in double precision. NaN and infinite elements count in
/// `notFinite` only.
/// @param size the number of elements
/// @param min the smallest finite element; NaN if there is none
/// @param max the largest finite element; NaN if there is none
/// @param mean the mean of the finite elements; NaN if there is none
/// @param norm the Euclidean norm of the finite elements; 0 if there is none
/// @param zeros the share of elements that are 0, from 0 to 1
/// @param notFinite the share of elements that are NaN or infinite, from 0 to 1
public record TensorStatistics(
        int size, double min, double max, double mean, double norm, double zeros, double notFinite) {}
