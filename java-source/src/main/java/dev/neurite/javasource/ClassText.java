package dev.neurite.javasource;

import static dev.neurite.javasource.JavaText.javadoc;

import dev.neurite.model.Model;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The text of the class.
final class ClassText {
    private final ClassDraft draft;
    private final Settings settings;
    private final String name;
    private final Shape input;
    private final InputCode in;
    private final OutputCode out;
    private final LayerValue end;
    private final boolean beside;

    /// What a user chose.
    /// @param packageName empty for none
    /// @param isPublic whether the class is public
    /// @param beside whether the weights are in a file of their own in any case
    record Settings(String packageName, boolean isPublic, boolean beside) {}

    /// @param name of the class
    ClassText(
            Model model,
            Signature signature,
            Settings settings,
            String name,
            ClassDraft draft,
            LayerValue end,
            boolean beside) {
        this.draft = draft;
        this.settings = settings;
        this.name = name;
        this.input = model.network().inputs().getFirst();
        this.in = InputCode.of(signature.input(), input, draft);
        this.out = OutputCode.of(signature.output(), end, draft);
        this.end = end;
        this.beside = beside;
    }

    private boolean isOpen() {
        return !input.isKnown();
    }

    String text() {
        var text = new StringBuilder();
        if (!settings.packageName().isEmpty())
            text.append("package ").append(settings.packageName()).append(";\n\n");
        JavaText.indent(comment(), 0, text);
        text.append(settings.isPublic() ? "public final class " : "final class ")
                .append(name)
                .append(" {\n");
        JavaText.indent(fields(), 1, text);
        JavaText.indent(constructors(), 1, text);
        in.members().forEach(line -> JavaText.indent(List.of(line), 1, text));
        if (!in.members().isEmpty()) text.append('\n');
        for (Way way : in.ways()) JavaText.indent(predict(way), 1, text);
        JavaText.indent(out.members(), 1, text);
        JavaText.indent(network(), 1, text);
        JavaText.indent(arithmetic(), 1, text);
        JavaText.indent(beside ? reading() : weights(), 1, text);
        return text.append("}\n").toString();
    }

    private List<String> comment() {
        String parameters =
                String.format(Locale.ROOT, "%,d", draft.model.network().size());
        List<String> paragraphs = new ArrayList<>(List.of(
                "A network of " + parameters + " parameters, written by Neurite. It gives " + out.comment() + ".",
                "Needs no library, and Java 8 or newer; on Android, API level 26 or newer. Predicting"
                        + " allocates nothing. An object is for one thread at a time; forAnotherThread() gives"
                        + " another one, which shares the weights."));
        if (beside) paragraphs.add("The weights are in " + name + ".bin, which belongs beside the class file.");
        for (String note : draft.notes) paragraphs.add(JavaText.comment(note) + ".");
        return javadoc(paragraphs.toArray(String[]::new));
    }

    private List<String> fields() {
        List<String> lines = new ArrayList<>();
        for (String each : draft.declarations) lines.add(each);
        if (!draft.declarations.isEmpty()) lines.add("");
        lines.add("// Weights.");
        lines.add("private final float[][] weights;");
        for (WeightFields.Weight each : draft.weights.all())
            lines.add("private final float[] " + each.name() + "; // " + each.shape());
        lines.add("");
        lines.add("// What the layers give.");
        if (isOpen()) lines.add("private final int mostSteps;");
        if (isOpen()) lines.add("private int steps;");
        for (ClassDraft.Buffer each : buffers()) {
            lines.add("private final " + each.type() + "[] " + each.name()
                    + (each.isOpen() ? ";" : " = new " + each.type() + "[" + each.size() + "];"));
        }
        lines.add("");
        return lines;
    }

    private List<ClassDraft.Buffer> buffers() {
        List<ClassDraft.Buffer> all = new ArrayList<>();
        all.add(new ClassDraft.Buffer("input", "float", LayerValue.times(input).replace("steps", "mostSteps")));
        all.addAll(draft.buffers);
        return all;
    }

    private List<String> constructors() {
        String most = isOpen() ? ", mostSteps" : "";
        String parameter = isOpen() ? "int mostSteps" : "";
        String source = beside ? "read(" + name + ".class.getResourceAsStream(\"" + name + ".bin\"))" : "weights()";
        List<String> lines = new ArrayList<>(
                isOpen()
                        ? javadoc("Reads the weights.", "@param mostSteps the longest sequence that there will be")
                        : javadoc("Reads the weights."));
        lines.addAll(block("public " + name + "(" + parameter + ")", List.of("this(" + source + most + ");")));
        if (beside) {
            lines.addAll(javadoc("Reads the weights of " + name
                    + ".bin from elsewhere, such as the assets of an Android application."));
            lines.addAll(block(
                    "public " + name + "(java.io.InputStream weights" + (isOpen() ? ", int mostSteps" : "") + ")",
                    List.of("this(read(weights)" + most + ");")));
        }
        List<String> body = new ArrayList<>(List.of("this.weights = weights;"));
        int i = 0;
        for (WeightFields.Weight each : draft.weights.all()) body.add(each.name() + " = weights[" + i++ + "];");
        if (isOpen()) body.add("this.mostSteps = mostSteps;");
        for (ClassDraft.Buffer each : buffers()) {
            if (each.isOpen()) body.add(each.name() + " = new " + each.type() + "[" + each.size() + "];");
        }
        lines.addAll(block("private " + name + "(float[][] weights" + (isOpen() ? ", int mostSteps" : "") + ")", body));
        lines.addAll(javadoc("Another object with the same weights."));
        lines.addAll(block(
                "public " + name + " forAnotherThread()", List.of("return new " + name + "(weights" + most + ");")));
        return lines;
    }

    /// A method, and an empty line.
    private static List<String> block(String head, List<String> body) {
        List<String> lines = new ArrayList<>(List.of(head + " {"));
        for (String each : body) lines.add("    " + each);
        lines.add("}");
        lines.add("");
        return lines;
    }

    private List<String> predict(Way way) {
        List<String> lines = new ArrayList<>(javadoc(
                "Predicts a row.",
                "@param " + way.comment().replaceFirst(": ", " "),
                "@return " + out.comment(),
                "@throws IllegalArgumentException for a row that does not fit"));
        List<String> body = new ArrayList<>(way.body());
        body.add("return answer(compute());");
        lines.addAll(block("public " + out.type() + " predict(" + way.parameters() + ")", body));
        return lines;
    }

    /// The network alone, and its layers.
    private List<String> network() {
        List<String> lines = new ArrayList<>(javadoc("The network alone: from its inputs " + JavaText.comment(input)
                + " to its outputs " + JavaText.comment(end.shape()) + ". The next prediction overwrites them."));
        lines.addAll(block("public float[] run(float[] inputs)", List.of("set(inputs);", "return compute();")));
        lines.addAll(block("private void set(float[] inputs)", set()));
        if (isOpen()) lines.addAll(block("private void setSteps(int count)", setSteps()));
        List<String> calls = draft.methods.stream()
                .map(each -> each.name() + "();")
                .collect(Collectors.toCollection(ArrayList::new));
        calls.add("return " + end.field() + ";");
        lines.addAll(javadoc("Runs the layers, one after the other."));
        lines.addAll(block("private float[] compute()", calls));
        for (ClassDraft.Method each : draft.methods) {
            lines.addAll(javadoc(each.comment()));
            lines.addAll(block("private void " + each.name() + "()", each.body()));
        }
        return lines;
    }

    private List<String> set() {
        List<String> body = new ArrayList<>();
        if (isOpen()) {
            int width = input.row().size();
            body.add("if (inputs.length % " + width + " != 0) {");
            body.add("    throw new IllegalArgumentException(\"inputs: expects " + width
                    + " numbers for each step, got \" + inputs.length);");
            body.add("}");
            body.add("setSteps(inputs.length / " + width + ");");
        } else {
            body.add("if (inputs.length != " + input.size() + ") {");
            body.add("    throw new IllegalArgumentException(\"inputs: expects " + input.size()
                    + " numbers, got \" + inputs.length);");
            body.add("}");
        }
        body.add("System.arraycopy(inputs, 0, input, 0, inputs.length);");
        return body;
    }

    private static List<String> setSteps() {
        return List.of(
                "if (count < 1 || count > mostSteps) {",
                "    throw new IllegalArgumentException(\"inputs: expects 1 to \" + mostSteps + \" steps, got \" +"
                        + " count);",
                "}",
                "steps = count;");
    }

    private List<String> arithmetic() {
        if (!beside) draft.arithmetic.add("floats");
        List<String> lines = new ArrayList<>();
        for (String each : ArithmeticText.closure(draft.arithmetic)) {
            lines.addAll(ArithmeticText.lines(each));
            lines.add("");
        }
        return lines;
    }

    private List<String> weights() {
        List<String> lines = new ArrayList<>(javadoc("The weights, in the order of the fields."));
        lines.add("private static float[][] weights() {");
        lines.add("    return new float[][] {");
        for (WeightFields.Weight each : draft.weights.all()) {
            List<String> texts = WeightFields.texts(each);
            lines.add("        floats(" + each.size() + (texts.isEmpty() ? ")," : ", // " + each.name()));
            for (int i = 0; i < texts.size(); i++) {
                lines.add("                " + texts.get(i) + (i == texts.size() - 1 ? ")," : ""));
            }
        }
        lines.add("    };");
        lines.add("}");
        return lines;
    }

    private List<String> reading() {
        String sizes = draft.weights.all().stream()
                .map(each -> String.valueOf(each.size()))
                .collect(Collectors.joining(", "));
        List<String> lines = new ArrayList<>(javadoc("Reads the weights, in the order of the fields."));
        lines.addAll(List.of(
                "private static float[][] read(java.io.InputStream file) {",
                "    if (file == null) throw new IllegalStateException(\"" + name
                        + ".bin: expects it beside the class file\");",
                "    int[] sizes = {" + sizes + "};",
                "    float[][] weights = new float[sizes.length][];",
                "    java.util.zip.CRC32 checksum = new java.util.zip.CRC32();",
                "    try (java.io.DataInputStream in = new java.io.DataInputStream(file)) {",
                "        for (int i = 0; i < sizes.length; i++) {",
                "            byte[] bytes = new byte[4 * sizes[i]];",
                "            in.readFully(bytes);",
                "            checksum.update(bytes, 0, bytes.length);",
                "            weights[i] = new float[sizes[i]];",
                "            java.nio.ByteBuffer.wrap(bytes).asFloatBuffer().get(weights[i]);",
                "        }",
                "    } catch (java.io.IOException e) {",
                "        throw new java.io.UncheckedIOException(\"" + name + ".bin\", e);",
                "    }",
                "    if (checksum.getValue() != " + WeightFields.checksum(draft.weights.bytes()) + "L) {",
                "        throw new IllegalStateException(\"" + name
                        + ".bin: expects the file that was written with this class\");",
                "    }",
                "    return weights;",
                "}"));
        return lines;
    }
}
