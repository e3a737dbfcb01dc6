package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.op.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A graph on its way to a plan. Each can be printed, run by itself, and compared with the others.
/// @param name what was done: `loaded`, `folded`, `recognized`, `fused`, `laid out`
/// @param graph the graph after it
public record Stage(String name, OnnxGraph graph) {
    /// @param inputs what is known of the inputs, and of captured values
    static List<Stage> all(OnnxGraph graph, Map<String, Fact> inputs, PlanContext context) {
        List<Stage> all = new ArrayList<>();
        all.add(new Stage("loaded", graph));
        var folded = ConstantFolding.fold(graph, inputs, context);
        all.add(new Stage("folded", folded.graph()));
        var recognized = recognized(folded, context);
        all.add(new Stage("recognized", recognized.graph()));
        var fused = Draft.of(recognized, context)
                .apply(Rules.QUANTIZED)
                .apply(Rules.CENTERED)
                .apply(Rules.FUSING)
                .folded();
        all.add(new Stage("fused", fused.graph()));
        all.add(new Stage("laid out", Layouts.layOut(fused, context)));
        return all;
    }

    /// The graph of the third of them.
    static OnnxGraph recognized(OnnxGraph graph, Map<String, Fact> inputs, PlanContext context) {
        return recognized(ConstantFolding.fold(graph, inputs, context), context).graph();
    }

    private static ConstantFolding.Folded recognized(ConstantFolding.Folded folded, PlanContext context) {
        return Draft.of(folded, context).apply(Rules.RECOGNIZING).folded();
    }

    /// The name and the graph.
    @Override
    public String toString() {
        return name + "\n" + graph;
    }
}
