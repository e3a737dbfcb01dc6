package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.List;

/// The steps of optimizers, of the domain `ai.onnx.preview.training`. Inputs are the rate, the number of the step, then
/// all parameters, all gradients and all that the optimizer keeps; outputs are the new parameters and what it keeps.
final class TrainingOperators {
    private TrainingOperators() {}

    static void register(Operators all) {
        all.add(Operators.TRAINING, "Adagrad", call -> step(call, 3, adagrad(call)));
        all.add(Operators.TRAINING, "Adam", call -> step(call, 4, adam(call)));
        all.add(Operators.TRAINING, "Momentum", call -> step(call, 3, momentum(call)));
    }

    /// The update of a number.
    private interface Rule {
        /// @param given the parameter, its gradient and what the optimizer keeps of it
        /// @return the new parameter and what it keeps
        double[] update(double rate, double time, double... given);
    }

    /// @param lists of tensors after the first two inputs
    private static ReadyNode step(NodeCall call, int lists, Rule rule) {
        int count = (call.inputs() - 2) / lists;
        if (count < 1 || call.inputs() != 2 + lists * count || call.outputs() > (lists - 1) * count) {
            throw call.wrong("expects 2 inputs and " + lists + " more for each parameter, got " + call.inputs());
        }
        Shapes.requireOne(call, 0);
        Shapes.requireOne(call, 1);
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int list = 0; list < lists; list++) {
                int input = 2 + list * count + i;
                call.requireType(input, ElementType.FLOAT, ElementType.DOUBLE);
                if (!call.shape(input).equals(call.shape(2 + i))) {
                    throw call.misfit(
                            "expects shapes of one kind, got " + call.shape(2 + i) + " and " + call.shape(input));
                }
            }
        }
        for (int list = 0; list < lists - 1; list++) {
            for (int i = 0; i < count; i++) facts.add(Fact.of(call.type(2 + i), call.shape(2 + i)));
        }
        return ReadyNode.of(facts.subList(0, call.outputs()), (in, out) -> {
            double rate = in[0].number(0);
            double time = in[1].number(0);
            for (int i = 0; i < count; i++) {
                double[] given = new double[lists];
                for (int k = 0; k < in[2 + i].size(); k++) {
                    for (int list = 0; list < lists; list++) given[list] = in[2 + list * count + i].number(k);
                    double[] y = rule.update(rate, time, given);
                    for (int list = 0; list < y.length; list++) write(out, list * count + i, k, y[list]);
                }
            }
        });
    }

    private static void write(Value[] out, int output, int index, double x) {
        if (output < out.length && out[output] != null)
            Elements.doubleWriter(out[output]).set(index, x);
    }

    private static Rule adagrad(NodeCall call) {
        double decay = call.attributes().real("decay_factor", 0);
        double epsilon = call.attributes().real("epsilon", 1e-6f);
        double norm = call.attributes().real("norm_coefficient", 0);
        return (rate, time, given) -> {
            double g = norm * given[0] + given[1];
            double h = given[2] + g * g;
            return new double[] {given[0] - rate / (1 + time * decay) * g / (Math.sqrt(h) + epsilon), h};
        };
    }

    private static Rule adam(NodeCall call) {
        double alpha = call.attributes().real("alpha", 0.9f);
        double beta = call.attributes().real("beta", 0.999f);
        double epsilon = call.attributes().real("epsilon", 1e-6f);
        double norm = call.attributes().real("norm_coefficient", 0);
        double post = call.attributes().real("norm_coefficient_post", 0);
        return (rate, time, given) -> {
            double g = norm * given[0] + given[1];
            double v = alpha * given[2] + (1 - alpha) * g;
            double h = beta * given[3] + (1 - beta) * g * g;
            double adjusted =
                    time > 0 ? rate * Math.sqrt(1 - Math.pow(beta, time)) / (1 - Math.pow(alpha, time)) : rate;
            return new double[] {(1 - post) * (given[0] - adjusted * v / (Math.sqrt(h) + epsilon)), v, h};
        };
    }

    private static Rule momentum(NodeCall call) {
        double alpha = call.attributes().real("alpha", 0);
        double beta = call.attributes().real("beta", 0);
        double norm = call.attributes().real("norm_coefficient", 0);
        String mode = call.attributes().text("mode", "standard");
        if (!mode.equals("standard") && !mode.equals("nesterov")) {
            throw call.wrong("expects mode standard or nesterov, got '" + mode + "'");
        }
        return (rate, time, given) -> {
            double g = norm * given[0] + given[1];
            double v = alpha * given[2] + (time > 0 ? beta : 1) * g;
            return new double[] {given[0] - rate * (mode.equals("standard") ? v : g + alpha * v), v};
        };
    }
}
