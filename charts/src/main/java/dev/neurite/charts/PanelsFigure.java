package dev.neurite.charts;

import java.util.List;

/// Several figures, two in a row.
/// @param panels at least one
record PanelsFigure(List<Figure> panels) implements Figure {
    private static final double GAP = 24;

    PanelsFigure {
        panels = List.copyOf(panels);
    }

    static int columns(int panels) {
        return panels == 1 ? 1 : 2;
    }

    static int rows(int panels) {
        return Math.ceilDiv(panels, columns(panels));
    }

    @Override
    public void paint(Canvas canvas, Box box) {
        int columns = columns(panels.size());
        int rows = rows(panels.size());
        double width = (box.width() - GAP * (columns - 1)) / columns;
        double height = (box.height() - GAP * (rows - 1)) / rows;
        for (int i = 0; i < panels.size(); i++) {
            double x = box.x() + i % columns * (width + GAP);
            int row = i / columns;
            double y = box.y() + row * (height + GAP);
            panels.get(i).paint(canvas, new Box(x, y, width, height));
        }
    }
}
