package dev.neurite.javasource;

import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Threshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the class gives: the type of the answer, the method `answer` that makes it of the output of the network, and
/// further members.
/// @param type of the answer, as Java
/// @param comment what the answer is
record OutputCode(String type, String comment, List<String> members) {
    static OutputCode of(Output output, LayerValue y, ClassDraft draft) {
        return switch (output) {
            case Output.Classes(var names, var meaning, var threshold) -> classes(names, meaning, threshold, y, draft);
            case Output.StepClasses(var names, var meaning) -> steps(names, meaning, y, draft);
            case Output.Labels(var names, var meaning) -> labels(names, meaning, y, draft);
            case Output.Values values -> values(values, y, draft);
            case Output.Forecast(var target) ->
                numbers("the values of '" + target + "' that follow, the nearest first", y, draft);
            case Output.Continuation _ -> {
                draft.notes.add(
                        "What follows a text is not made: it gives the numbers of the next token, at each position");
                yield numbers("the output of the network " + JavaText.comment(y.shape()), y, draft);
            }
            case Output.Numbers _ -> numbers("the output of the network " + JavaText.comment(y.shape()), y, draft);
        };
    }

    private static String word(Meaning meaning, boolean several) {
        String one = meaning == Meaning.SCORES ? "score" : "probabilit";
        if (meaning == Meaning.SCORES) return several ? "scores" : one;
        return several ? "probabilities" : "probability";
    }

    /// The lines that make probabilities of an output, in the field of their name.
    /// @param count how many rows of them there are, as Java
    /// @param width numbers of a row of the output
    private static List<String> probabilities(Meaning meaning, String count, int width, int classes, ClassDraft draft) {
        String field = word(meaning, true);
        boolean pair = width == 1 && classes == 2; // the output is that of the second class
        String total = count.equals("1") ? String.valueOf(classes) : count + " * " + classes;
        draft.buffer(field, "float", total);
        List<String> lines = new ArrayList<>();
        if (pair) {
            lines.add("for (int i = 0; i < " + count + "; i++) {");
            String second = meaning == Meaning.SIGMOID_LOGITS || meaning == Meaning.LOGITS ? "sigmoid(y[i])" : "y[i]";
            if (meaning == Meaning.SIGMOID_LOGITS || meaning == Meaning.LOGITS) draft.arithmetic.add("sigmoid");
            lines.add("    " + field + "[2 * i + 1] = " + second + ";");
            lines.add("    " + field + "[2 * i] = " + (meaning == Meaning.SCORES ? "-" : "1 - ") + field
                    + "[2 * i + 1];");
            lines.add("}");
        } else {
            lines.add("copy(y, " + total + ", " + field + ");");
            draft.arithmetic.add("copy");
            if (meaning == Meaning.LOGITS) lines.add("softmax(" + field + ", " + count + ", " + classes + ");");
            if (meaning == Meaning.SIGMOID_LOGITS) lines.add("sigmoidOf(" + field + ", " + total + ");");
            if (meaning == Meaning.LOGITS) draft.arithmetic.add("softmax");
            if (meaning == Meaning.SIGMOID_LOGITS) draft.arithmetic.add("sigmoidOf");
        }
        lines.add("requireFinite(" + field + ", " + total + ");");
        draft.arithmetic.add("requireFinite");
        return lines;
    }

    private static void names(List<String> names, ClassDraft draft) {
        draft.texts("labels", "LABELS", names);
    }

    private static List<String> method(String comment, String head, List<String> body) {
        List<String> lines = new ArrayList<>(JavaText.javadoc(comment));
        lines.add(head + " {");
        for (String each : body) lines.add("    " + each);
        lines.add("}");
        lines.add("");
        return lines;
    }

    private static OutputCode classes(
            List<String> names, Meaning meaning, Optional<Threshold> threshold, LayerValue y, ClassDraft draft) {
        names(names, draft);
        String numbers = word(meaning, true);
        List<String> body =
                new ArrayList<>(probabilities(meaning, "1", y.shape().size(), names.size(), draft));
        String rule = "";
        if (threshold.isPresent()) {
            int label = threshold.get().label(names);
            body.add("label = " + numbers + "[" + label + "] >= "
                    + threshold.get().value() + " ? " + label + " : " + (1 - label) + ";");
            rule = ", by the threshold " + threshold.get().value() + " of "
                    + JavaText.comment(threshold.get().className());
        } else {
            draft.arithmetic.add("argmax");
            body.add("label = argmax(" + numbers + ", 0, " + names.size() + ");");
        }
        body.add("return LABELS[label];");
        List<String> members = new ArrayList<>();
        members.add("private int label;");
        members.add("");
        members.addAll(method("Makes the answer of the output.", "private String answer(float[] y)", body));
        members.addAll(method(
                "The names of the classes.", "public static String[] labels()", List.of("return LABELS.clone();")));
        members.addAll(method(
                "The number of the class that was predicted last.", "public int label()", List.of("return label;")));
        members.addAll(method(
                "Its " + word(meaning, false) + ".",
                "public float " + word(meaning, false) + "()",
                List.of("return " + numbers + "[label];")));
        members.addAll(method(
                "The " + numbers + " of all classes. The next prediction overwrites them.",
                "public float[] " + numbers + "()",
                List.of("return " + numbers + ";")));
        return new OutputCode("String", "the class" + rule, members);
    }

    private static OutputCode steps(List<String> names, Meaning meaning, LayerValue y, ClassDraft draft) {
        names(names, draft);
        int classes = names.size();
        String count = y.steps();
        String numbers = word(meaning, true);
        List<String> body = new ArrayList<>(probabilities(meaning, count, y.width(), classes, draft));
        draft.arithmetic.add("argmax");
        body.add("for (int i = 0; i < " + count + "; i++) predicted[i] = argmax(" + numbers + ", i * " + classes + ", "
                + classes + ");");
        body.add("return predicted;");
        draft.buffer("predicted", "int", count);
        List<String> members = new ArrayList<>();
        members.addAll(method("Makes the answer of the output.", "private int[] answer(float[] y)", body));
        members.addAll(method(
                "The names of the classes.", "public static String[] labels()", List.of("return LABELS.clone();")));
        members.addAll(method(
                "The " + numbers + " of all classes, step by step. The next prediction overwrites them.",
                "public float[] " + numbers + "()",
                List.of("return " + numbers + ";")));
        return new OutputCode(
                "int[]", "the number of the class of each step. The next prediction overwrites them", members);
    }

    private static OutputCode labels(List<String> names, Meaning meaning, LayerValue y, ClassDraft draft) {
        names(names, draft);
        String numbers = word(meaning, true);
        List<String> body =
                new ArrayList<>(probabilities(meaning, "1", y.shape().size(), names.size(), draft));
        body.add("return " + numbers + ";");
        List<String> members = new ArrayList<>();
        members.addAll(method("Makes the answer of the output.", "private float[] answer(float[] y)", body));
        members.addAll(method(
                "The names of the labels.", "public static String[] labels()", List.of("return LABELS.clone();")));
        return new OutputCode(
                "float[]",
                "the probability of each label; those above 0.5 apply. The next prediction overwrites them",
                members);
    }

    private static OutputCode values(Output.Values output, LayerValue y, ClassDraft draft) {
        int count = y.shape().isKnown() ? y.shape().size() : 0;
        if (count == 0) return numbers("the values " + JavaText.comment(y.shape()), y, draft);
        boolean same = output.shift() == 0 && output.scale() == 1;
        String value = same ? "y[i]" : "y[i] * " + output.scale() + " + " + output.shift();
        draft.arithmetic.add("requireFinite");
        String names = output.names().isEmpty() ? "" : JavaText.comment(String.join(", ", output.names()));
        String unit = names.isEmpty() ? "" : ": " + names + ", in the units of the training data";
        if (count == 1) {
            return new OutputCode(
                    "double",
                    "the value" + unit,
                    method(
                            "Makes the answer of the output.",
                            "private double answer(float[] y)",
                            List.of("requireFinite(y, 1);", "return " + value.replace("[i]", "[0]") + ";")));
        }
        List<String> members =
                new ArrayList<>(List.of("private final double[] values = new double[" + count + "];", ""));
        members.addAll(method(
                "Makes the answer of the output.",
                "private double[] answer(float[] y)",
                List.of(
                        "requireFinite(y, " + count + ");",
                        "for (int i = 0; i < " + count + "; i++) values[i] = " + value + ";",
                        "return values;")));
        return new OutputCode("double[]", "the values" + unit + ". The next prediction overwrites them", members);
    }

    private static OutputCode numbers(String comment, LayerValue y, ClassDraft draft) {
        draft.arithmetic.add("requireFinite");
        return new OutputCode(
                "float[]",
                comment + ". The next prediction overwrites them",
                method(
                        "Makes the answer of the output.",
                        "private float[] answer(float[] y)",
                        List.of("requireFinite(y, " + y.count() + ");", "return y;")));
    }
}
