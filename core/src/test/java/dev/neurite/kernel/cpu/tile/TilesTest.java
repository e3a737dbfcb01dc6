package dev.neurite.kernel.cpu.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.cpu.tile.ProductTile.OfColumns;
import dev.neurite.kernel.cpu.tile.ProductTile.OfRows;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TilesTest {
    @BeforeEach
    void vectors() {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
    }

    @Test
    void aTileIsMadeOnce() {
        ProductTile tile = ofProduct(OfRows.ALONG, OfColumns.IN_PLACE);
        assertThat(tile)
                .isSameAs(ofProduct(OfRows.ALONG, OfColumns.IN_PLACE))
                .isNotSameAs(ofProduct(OfRows.PACKED, OfColumns.PANEL));
        // with 32 registers both have the step of V as an argument
        if (!Tiles.MANY_REGISTERS) assertThat(tile).isNotSameAs(ofProduct(OfRows.ALONG, OfColumns.PANELS));
        assertThat(Tiles.ofPixels(8, 3)).isSameAs(Tiles.ofPixels(8, 3)).isNotSameAs(Tiles.ofPixels(4, 6));
        assertThat(Tiles.ofPlanes(2, 1, 30, 1)).isSameAs(Tiles.ofPlanes(2, 1, 30, 1));
    }

    @Test
    void oneRowHasNoDistanceToTheNext() {
        assertThat(Tiles.ofPlanes(1, 1, 30, 1)).isSameAs(Tiles.ofPlanes(1, 1, 40, 1));
    }

    /// As for images of many widths. A tile that is gone is made again.
    @Test
    void moreTilesThanAreKeptAreStillMade() {
        BlockTile first = Tiles.ofPlanes(2, 1, 1_000, 1);
        for (int width = 1_001; width < 1_300; width++) {
            assertThat(Tiles.ofPlanes(2, 1, width, 1)).isSameAs(Tiles.ofPlanes(2, 1, width, 1));
        }
        assertThat(Tiles.ofPlanes(2, 1, 1_000, 1)).isNotSameAs(first);
        assertThat(ofProduct(OfRows.ALONG, OfColumns.IN_PLACE)).isSameAs(ofProduct(OfRows.ALONG, OfColumns.IN_PLACE));
    }

    private static ProductTile ofProduct(OfRows ofRows, OfColumns ofColumns) {
        return Tiles.ofProduct(2, 1, ofRows, ofColumns);
    }
}
