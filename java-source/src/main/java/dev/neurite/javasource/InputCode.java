package dev.neurite.javasource;

import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// What the class takes: the ways to give a row, and the members that they need.
/// @param members of the class
record InputCode(List<Way> ways, List<String> members) {
    private static final String WIDER = "boolean wider = (long) width * $H >= (long) height * $W;"; // than the input
    private static final String GRAY = "0.299f * r + 0.587f * g + 0.114f * b";

    /// @param shape of a row of the network's input
    static InputCode of(Input input, Shape shape, ClassDraft draft) {
        return switch (input) {
            case Input.Columns(var columns) -> ofTable(TableCode.of(columns, draft));
            case Input.Steps(var columns) -> ofSteps(TableCode.of(columns, draft), shape, "steps, the oldest first");
            case Input.Series(var columns, var series) -> {
                draft.notes.add("Takes the last " + shape.extent(0) + " rows of the series of '" + series.target()
                        + "'; that they are in the order of time and without gaps is not checked");
                yield ofSteps(TableCode.of(columns, draft), shape, "last rows of the series, the oldest first");
            }
            case Input.Image(var how) -> ofImage(how);
            case Input.Text _ -> {
                draft.notes.add("The tokenizer is not in the file: it takes the ids of the tokens of a text");
                yield ofNumbers(shape, "ids of tokens");
            }
            case Input.Numbers numbers when numbers.names().isEmpty() -> ofNumbers(shape, "numbers");
            case Input.Numbers numbers -> ofTable(TableCode.of(numbers.names(), draft));
        };
    }

    private static InputCode ofTable(TableCode table) {
        List<Way> ways = new ArrayList<>();
        List<String> members = new ArrayList<>(table.members());
        ways.add(new Way("Row row", "row: a row of the table", List.of("encode(row, 0);")));
        if (table.numbersOnly()) {
            List<String> body = new ArrayList<>();
            body.add("if (columns.length != " + table.columns() + ") {");
            body.add("    throw new IllegalArgumentException(\"row: expects " + table.columns()
                    + " numbers, got \" + columns.length);");
            body.add("}");
            body.addAll(table.rowOfNumbers());
            body.add("encode(numbers, 0);");
            ways.add(new Way("float... columns", "columns: the numbers in the order of the fields of Row", body));
            members.addFirst("");
            members.addFirst("private final Row numbers = new Row();");
        }
        return new InputCode(ways, members);
    }

    private static InputCode ofSteps(TableCode table, Shape shape, String what) {
        int width = shape.extent(1);
        List<String> body = new ArrayList<>();
        if (shape.extent(0) == Shape.OPEN) {
            body.add("setSteps(rows.length);");
            body.add("for (int i = 0; i < steps; i++) encode(rows[i], i * " + width + ");");
        } else {
            int steps = shape.extent(0);
            body.add("if (rows.length < " + steps + ") {");
            body.add("    throw new IllegalArgumentException(\"rows: expects " + steps + ", got \" + rows.length);");
            body.add("}");
            body.add("for (int i = 0; i < " + steps + "; i++) encode(rows[rows.length - " + steps + " + i], i * "
                    + width + ");");
        }
        String count = shape.extent(0) == Shape.OPEN ? "" : shape.extent(0) + " ";
        return new InputCode(List.of(new Way("Row[] rows", "rows: the " + count + what, body)), table.members());
    }

    private static InputCode ofNumbers(Shape shape, String what) {
        return new InputCode(
                List.of(new Way(
                        "float... inputs", "inputs: " + what + " " + JavaText.comment(shape), List.of("set(inputs);"))),
                List.of());
    }

    private static InputCode ofImage(ImageInput how) {
        Shape shape = how.shape();
        String planes = JavaText.comment(shape);
        List<String> bytes = List.of(
                "if (pixels.length != " + shape.size() + ") {",
                "    throw new IllegalArgumentException(\"image: expects " + shape.size()
                        + " bytes, got \" + pixels.length);",
                "}",
                "for (int i = 0; i < " + shape.size() + "; i++) input[i] = (pixels[i] & 255) / 255f;");
        String sizes = how.isResized() ? "of any size, which is resized: " + how.note() + ". " : "";
        return new InputCode(
                List.of(
                        new Way(
                                "int[] argb, int width, int height",
                                "argb: the pixels of an image " + sizes + "Line by line, as"
                                        + " java.awt.image.BufferedImage.getRGB and android.graphics.Bitmap.getPixels"
                                        + " give them. Transparency is left out",
                                how.isResized() ? resized() : ofSize(how)),
                        new Way("byte[] pixels", "pixels: from 0, black, to 255, white, " + planes, bytes),
                        new Way(
                                "float[] inputs",
                                "inputs: from 0, black, to 1, white, " + planes,
                                List.of("set(inputs);"))),
                how.isResized() ? resizing(how) : List.of());
    }

    private static List<String> ofSize(ImageInput how) {
        int height = how.shape().extent(1);
        int width = how.shape().extent(2);
        int area = height * width;
        List<String> body = new ArrayList<>();
        body.add("if (width != " + width + " || height != " + height + " || argb.length < " + area + ") {");
        body.add("    throw new IllegalArgumentException(\"image: expects " + width + " x " + height
                + " pixels, got \" + width + \" x \" + height);");
        body.add("}");
        body.add("for (int i = 0; i < " + area + "; i++) {");
        body.add("    int r = argb[i] >> 16 & 255;");
        body.add("    int g = argb[i] >> 8 & 255;");
        body.add("    int b = argb[i] & 255;");
        if (how.color()) {
            body.add("    input[i] = r / 255f;");
            body.add("    input[i + " + area + "] = g / 255f;");
            body.add("    input[i + " + 2 * area + "] = b / 255f;");
        } else {
            body.add("    input[i] = (int) (" + GRAY + " + 0.5f) / 255f;");
        }
        body.add("}");
        return body;
    }

    private static List<String> resized() {
        return List.of(
                "if (width < 1 || height < 1 || argb.length < (long) width * height) {",
                "    throw new IllegalArgumentException(\"image: expects width * height pixels, got \" + argb.length",
                "            + \" for \" + width + \" x \" + height);",
                "}",
                "if (width != pictureWidth || height != pictureHeight) prepare(width, height);",
                "resize(argb);");
    }

    /// The members of a class that resizes images.
    private static List<String> resizing(ImageInput how) {
        String height = String.valueOf(how.shape().extent(1));
        String width = String.valueOf(how.shape().extent(2));
        List<String> lines = new ArrayList<>();
        for (String line : ArithmeticText.file("resizing.txt")) {
            if (line.equals("$PLACE")) place(how.fit()).forEach(each -> lines.add("    " + each));
            else if (line.equals("$PIXEL")) pixel(how.color()).forEach(each -> lines.add("            " + each));
            else lines.add(line);
        }
        return lines.stream()
                .map(line -> line.replace("$H", height).replace("$W", width).replace("$C", how.color() ? "3" : "1"))
                .toList();
    }

    private static List<String> pixel(boolean color) {
        return color
                ? List.of("line[x] = r;", "line[x + pictureWidth] = g;", "line[x + 2 * pictureWidth] = b;")
                : List.of("line[x] = r == g && g == b ? r : " + GRAY + ";");
    }

    /// The size that the whole image gets, the part of it that is used, and the size of this part.
    private static List<String> place(ImageFit fit) {
        return switch (fit) {
            case NONE, STRETCH ->
                List.of(
                        "long tall = $H;",
                        "long wide = $W;",
                        "long top = 0;",
                        "long left = 0;",
                        "placeHeight = $H;",
                        "placeWidth = $W;");
            case CROP ->
                List.of(
                        WIDER,
                        "long tall = wider ? $H : (long) height * $W / width;",
                        "long wide = wider ? (long) width * $H / height : $W;",
                        "long top = (long) Math.rint((tall - $H) / 2.0);",
                        "long left = (long) Math.rint((wide - $W) / 2.0);",
                        "placeHeight = $H;",
                        "placeWidth = $W;");
            case PAD ->
                List.of(
                        WIDER,
                        "long tall = wider ? Math.min(Math.max(Math.round((double) height * $W / width), 1), $H) : $H;",
                        "long wide = wider ? $W : Math.min(Math.max(Math.round((double) width * $H / height), 1), $W);",
                        "long top = 0;",
                        "long left = 0;",
                        "placeHeight = (int) tall;",
                        "placeWidth = (int) wide;");
        };
    }
}
