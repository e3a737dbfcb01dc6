package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Weighted;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.train.probing.Probing.Fused;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A network and a loss for each of its outputs, checked to fit each other and the data.
/// @param network the network that runs: without the last activations that its losses compute
/// @param heads its outputs with their losses
/// @param classifier the head whose classes are counted, the first that predicts some; null if there is
/// none
/// @param measured the head whose metrics are computed: the classifier, or else the first
record Objective(
        Network network, List<Head> heads, @Nullable Head classifier, Head measured) {
    static Objective of(Model model, Criterion criterion, Dataset data) {
        List<Dataset> answers = data.targetsByOutput();
        List<Shape> inputs = data.inputs().stream().map(RowSource::inputShape).toList();
        List<Weighted> losses = checkedLosses(model, criterion, inputs, answers.size());
        List<Head> heads = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) heads.add(Head.of(model, i, losses.get(i), answers.get(i)));
        model.network().outputs(data.longestInputs()); // refuses rows that are too long before anything runs
        return of(model, heads);
    }

    static Objective of(Model model, Criterion criterion, Batch like) {
        List<Shape> inputs =
                like.inputs().stream().map(input -> input.shape().row()).toList();
        List<Weighted> losses =
                checkedLosses(model, criterion, inputs, like.targets().count());
        List<Head> heads = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) {
            heads.add(Head.of(model, i, losses.get(i), like.targets().of(i)));
        }
        return of(model, heads);
    }

    /// The losses: one for each output and each target.
    /// @param data the shape of a row of each input of the data
    private static List<Weighted> checkedLosses(Model model, Criterion criterion, List<Shape> data, int answers) {
        List<Shape> inputs = model.network().inputs();
        int outputs = model.network().outputs().size();
        List<Weighted> losses = criterion.losses();
        if (inputs.size() != data.size()) {
            throw new ShapeException(
                    "input",
                    "expects data for each of the model's " + inputs.size() + " inputs, got " + data.size(),
                    "RowSource.joint makes rows of several inputs");
        }
        if (losses.size() != outputs) {
            throw new ShapeException(
                    "loss",
                    "expects one for each of the model's " + outputs + " outputs, got " + losses.size(),
                    losses.size() == 1 ? "Losses.joint joins several" : "");
        }
        if (answers != outputs) {
            throw new ShapeException(
                    "targets",
                    "expects some for each of the model's " + outputs + " outputs, got " + answers,
                    "Dataset.joint and Targets.many join several");
        }
        for (int i = 0; i < inputs.size(); i++) {
            Shape expected = inputs.get(i);
            Shape input = data.get(i);
            if (expected.accepts(input)) continue;
            boolean flat = expected.isKnown() && input.isKnown() && expected.size() == input.size();
            throw new ShapeException(
                    inputs.size() == 1 ? "input" : "input " + i,
                    "expects rows of " + expected + ", got data of " + input,
                    flat
                            ? "Give the model the data's shape and begin it with flatten(), or change the data's shape"
                                    + " by withInputShape(…)"
                            : "");
        }
        return losses;
    }

    private static Objective of(Model model, List<Head> heads) {
        Graph graph = model.graph();
        for (Head head : heads) {
            if (head.isFused()) graph = graph.withoutOutputActivation(head.output());
        }
        var network = new Network(graph, model.network().inputs());
        for (Head head : heads) {
            Activation early = network.trailingActivation(head.output());
            if (head.loss().wantsLogits() && !(early instanceof Identity)) throw earlyActivation(head.loss(), early);
        }
        Head classifier = heads.stream().filter(Head::classifies).findFirst().orElse(null);
        return new Objective(
                network, List.copyOf(heads), classifier, classifier != null ? classifier : heads.getFirst());
    }

    private static ConfigException earlyActivation(Loss loss, Activation early) {
        if (!loss.fusesWith(early)) {
            return new ConfigException(loss.toString(), "expects a network that ends without " + early, "Remove it");
        }
        return new ConfigException(
                loss.toString(),
                "expects a " + early + " only as the last layer, where the loss computes it, got one earlier",
                "Move it to the end, or remove it");
    }

    /// Refuses targets that a loss does not take, before training begins.
    void checkTargets(Dataset data) {
        List<Dataset> answers = data.targetsByOutput();
        for (Head head : heads) head.checkTargets(answers.get(head.output()));
    }

    void forward(Executor executor, Mode mode, Batch batch) {
        if (heads.size() == 1 && batch.inputs().size() == 1) executor.forward(mode, batch.input()); // makes no lists
        else executor.forward(mode, batch.inputs());
    }

    /// The last layers whose activation the losses compute: in its part of the network, the only one that
    /// is not the model's own.
    List<Fused> fused(Model model) {
        return heads.stream()
                .filter(Head::isFused)
                .map(head -> new Fused(lastLayer(model, head.output()), head.output(), head.fused()))
                .toList();
    }

    private String lastLayer(Model model, int output) {
        int application = model.graph().outputs().get(output).application();
        String part = model.graph().applications().get(application).name();
        List<BuiltNode> own = model.network().layers();
        List<BuiltNode> present = network.layers();
        for (int i = own.size() - 1; i >= 0; i--) {
            String name = own.get(i).name();
            boolean within = name.equals(part) || name.startsWith(part + ".");
            if (within && !own.get(i).node().equals(present.get(i).node())) return name;
        }
        return part;
    }

    boolean classifies() {
        return classifier != null;
    }

    Objective measuring(int output) {
        Head head = heads.get(output);
        return new Objective(network, heads, head.classifies() ? head : null, head);
    }
}
