package dev.neurite.train;

import dev.neurite.error.ShapeException;
import dev.neurite.train.shard.ShardLosses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/// The losses of some rows, for each head of an objective: Σ wᵢ·Lᵢ and Σ wᵢ; and the number of rows
/// that the classifying head predicted correctly.
final class LossSums {
    private final List<Head> heads;
    private final double[] sums;
    private final double[] weights;
    private long correct;
    private long counted; // rows whose label is not ignored

    LossSums(Objective objective) {
        this.heads = objective.heads();
        this.sums = new double[heads.size()];
        this.weights = new double[heads.size()];
    }

    void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(weights, 0);
        correct = 0;
        counted = 0;
    }

    void addLosses(int head, double sum) {
        sums[head] += sum;
    }

    void addWeight(int head, double weight) {
        weights[head] += weight;
    }

    void addCorrect(int right, int rows) {
        correct += right;
        counted += rows;
    }

    void add(LossSums other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
            weights[i] += other.weights[i];
        }
        correct += other.correct;
        counted += other.counted;
    }

    /// Forgets the losses, not the weights.
    void clearLosses() {
        Arrays.fill(sums, 0);
        correct = 0;
        counted = 0;
    }

    /// The weights, for other workers.
    ShardLosses weightsOnly() {
        return shared(new double[sums.length], weights, 0, 0);
    }

    /// The losses without the weights, for other workers.
    ShardLosses lossesOnly() {
        return shared(sums, new double[sums.length], correct, counted);
    }

    /// Both, for a loop that has not taken the step.
    ShardLosses all() {
        return shared(sums, weights, correct, counted);
    }

    private static ShardLosses shared(double[] losses, double[] weights, long correct, long counted) {
        return new ShardLosses(
                Arrays.stream(losses).boxed().toList(),
                Arrays.stream(weights).boxed().toList(),
                correct,
                counted);
    }

    void addWeights(ShardLosses shard) {
        check(shard);
        for (int i = 0; i < weights.length; i++) weights[i] += shard.weights().get(i);
    }

    /// Adds the losses of a shard, not its weights.
    void addLosses(ShardLosses shard) {
        check(shard);
        for (int i = 0; i < sums.length; i++) sums[i] += shard.sums().get(i);
        correct += shard.correct();
        counted += shard.counted();
    }

    private void check(ShardLosses shard) {
        if (shard.sums().size() != sums.length || shard.weights().size() != sums.length) {
            throw new ShapeException(
                    "losses of a shard",
                    "expects those of " + sums.length + " outputs, got "
                            + shard.sums().size());
        }
    }

    void save(Snapshot memory) {
        memory.put("sums", Arrays.stream(sums).boxed().toList());
        memory.put("weights", Arrays.stream(weights).boxed().toList());
        memory.put("correct", correct);
        memory.put("judged", counted);
    }

    void restore(Snapshot memory) {
        memory.read("sums", sums);
        memory.read("weights", weights);
        correct = memory.whole("correct");
        counted = memory.whole("judged");
    }

    double weight(int head) {
        return weights[head];
    }

    /// The largest Σ wᵢ of a head: 0 if all weights are 0.
    double largestWeight() {
        double largest = 0;
        for (double weight : weights) largest = Math.max(largest, weight);
        return largest;
    }

    /// The mean loss of a head; 0 if all weights are 0.
    private double mean(int head) {
        return weights[head] > 0 ? sums[head] / weights[head] : 0;
    }

    /// The mean losses of all heads.
    List<Double> means() {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) means.add(mean(i));
        return List.copyOf(means);
    }

    /// The sum of the mean losses, each times its head's factor.
    double total() {
        double total = 0;
        for (int i = 0; i < sums.length; i++) total += heads.get(i).factor() * mean(i);
        return total;
    }

    /// The share of rows predicted correctly, among those whose label is not ignored; empty if there
    /// are none.
    OptionalDouble accuracy() {
        return counted > 0 ? OptionalDouble.of((double) correct / counted) : OptionalDouble.empty();
    }
}
