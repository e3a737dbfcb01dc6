package dev.neurite.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The losses of some rows, for each head of an objective: Σ wᵢ·Lᵢ and Σ wᵢ.
final class LossSums {
    private final List<Head> heads;
    private final double[] sums;
    private final double[] weights;

    LossSums(Objective objective) {
        this.heads = objective.heads();
        this.sums = new double[heads.size()];
        this.weights = new double[heads.size()];
    }

    void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(weights, 0);
    }

    void addLosses(int head, double sum) {
        sums[head] += sum;
    }

    void addWeight(int head, double weight) {
        weights[head] += weight;
    }

    void add(LossSums other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
            weights[i] += other.weights[i];
        }
    }

    double weight(int head) {
        return weights[head];
    }

    /// The largest weight of a head: 0 if no row counts anywhere.
    double largestWeight() {
        double largest = 0;
        for (double weight : weights) largest = Math.max(largest, weight);
        return largest;
    }

    /// A head's mean loss of a row; 0 if none counts.
    private double mean(int head) {
        return weights[head] > 0 ? sums[head] / weights[head] : 0;
    }

    /// The means of all heads.
    List<Double> means() {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) means.add(mean(i));
        return List.copyOf(means);
    }

    /// Their sum, each as often as it counts.
    double total() {
        double total = 0;
        for (int i = 0; i < sums.length; i++) total += heads.get(i).factor() * mean(i);
        return total;
    }
}
