package dev.neurite.cli.run;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.train.cluster.ClusterRequest;
import dev.neurite.train.cluster.ClusterService;
import dev.neurite.train.cluster.TrainerSource;
import dev.neurite.train.shard.ShardLosses;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.StepFigures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A cluster in this process: one session takes all shards.
public final class FakeCluster implements ClusterService {
    @Override
    public ClusterConnection connect(ClusterRequest request) {
        if (request.master().equals("nobody")) throw new ResourceException("nobody", "does not answer");
        request.notes().accept("conf " + request.conf() + " log " + request.log());
        return new Connection(request);
    }

    private record Connection(ClusterRequest request) implements ClusterConnection {
        @Override
        public int workers() {
            return request.workers().orElse(1);
        }

        @Override
        public String software() {
            return "a fake";
        }

        @Override
        public Optional<String> advice() {
            return Optional.empty();
        }

        @Override
        public Dataset like() {
            return request.train();
        }

        @Override
        public int rows() {
            return request.train().size();
        }

        @Override
        public String dataHash() {
            return DataHash.sha256(request.train());
        }

        @Override
        public Result run(Epoch epoch) {
            Dataset train = request.train();
            Trainer trainer = sent(request.source()).trainer(request.model()).rowsByShard(true);
            Batch like = Batch.of(train.rows(0));
            try (TrainingSession session = trainer.resume(epoch.state()).begin(like, epoch.steps())) {
                ShardedStep step = session.sharded();
                List<Batches> parts = IntStream.range(0, step.shards())
                        .mapToObj(shard -> step.batches(rows(train, shard, step.shards()), train.size(), shard))
                        .toList();
                List<StepFigures> figures = new ArrayList<>();
                for (int batch = 0; batch < epoch.batches(); batch++) {
                    int now = batch;
                    take(
                            step,
                            parts.stream().map(each -> each.batch(now)).toList(),
                            step.order(train.size()).rowsPerShard());
                    figures.add(step.figures());
                }
                return new Result(session.state(), figures);
            }
        }

        private static Dataset rows(Dataset train, int shard, int shards) {
            return train.rows(IntStream.range(0, train.size())
                    .filter(row -> row % shards == shard)
                    .toArray());
        }

        private static void take(ShardedStep step, List<Batch> parts, int rowsPerShard) {
            step.begin(parts.stream().map(step::weigh).toList());
            ShardLosses[] losses = new ShardLosses[parts.size()];
            ShardSums all = sums(ShardNode.root(parts.size()), step, parts, rowsPerShard, losses);
            step.apply(all, List.of(losses));
        }

        private static ShardSums sums(
                ShardNode node, ShardedStep step, List<Batch> parts, int rowsPerShard, ShardLosses[] losses) {
            if (node.isShard()) {
                ShardSums sums = step.newSums();
                int shard = node.first();
                losses[shard] = step.compute(parts.get(shard), shard * rowsPerShard, sums);
                return sums;
            }
            ShardSums left = sums(node.left(), step, parts, rowsPerShard, losses);
            step.add(left, sums(node.right(), step, parts, rowsPerShard, losses));
            return left;
        }

        /// The source as it arrives at a worker.
        private static TrainerSource sent(TrainerSource source) {
            var bytes = new ByteArrayOutputStream();
            try (var out = new ObjectOutputStream(bytes)) {
                out.writeObject(source);
                out.flush();
                try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                    return (TrainerSource) in.readObject();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            request.notes().accept("closed " + request.master());
        }
    }
}
