package nexus.kafka;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import nexus.kafka.Producers.Shared;
import nexus.shape.Parcel;
import nexus.target.Answer;
import nexus.target.KafkaTarget;
import nexus.target.Permission;
import nexus.target.SendResult;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** One record, until it is acknowledged or given up. Its result is set on the sending loop. */
final class Production {
    private static final String NOT_PERMITTED = "this process may not send any more";

    private final KafkaSender sender;
    private final KafkaTarget target;
    private final Parcel parcel;
    private final Permission permission;
    private final long startedAt;
    private final Promise<SendResult> result = Promise.promise();
    private long deadline = -1;

    /** @param startedAt {@link System#nanoTime()} when the record was asked for */
    Production(KafkaSender sender, KafkaTarget target, Parcel parcel, Permission permission, long startedAt) {
        this.sender = sender;
        this.target = target;
        this.parcel = parcel;
        this.permission = permission;
        this.startedAt = startedAt;
    }

    Future<SendResult> result() {
        return result.future();
    }

    boolean isUnderLease() {
        return permission != Permission.ALWAYS;
    }

    void start(Producers producers, Map<String, String> headers) {
        deadline = sender.vertx.setTimer(
                Math.max(1, sender.timeout.minus(took()).toMillis()),
                ignored -> finish(new SendResult.TimedOut("waiting for the cluster's acknowledgement", took())));
        Thread.ofVirtual().name("kafka-send").start(() -> produce(producers, headers));
    }

    void cutOff() {
        finish(new SendResult.Unreachable(NOT_PERMITTED, took()));
    }

    private void produce(Producers producers, Map<String, String> headers) {
        Optional<Shared> taken;
        try {
            taken = producers.take(target.cluster());
        } catch (RuntimeException | Error e) { // of settings that the client refuses
            later(new SendResult.OutOfService(
                    "Kafka's client can't be used with these settings ("
                            + e.getClass().getSimpleName() + ")",
                    null,
                    took()));
            return;
        }
        if (taken.isEmpty()) {
            later(new SendResult.Unreachable("records go to too many clusters at once", took()));
            return;
        }
        Shared shared = taken.get();
        if (!permission.isGiven()) {
            producers.giveBack(shared, false);
            later(new SendResult.Unreachable(NOT_PERMITTED, took()));
            return;
        }
        try {
            shared.producer().send(record(headers), (metadata, failure) -> {
                producers.giveBack(shared, ProduceFailure.isFatal(failure));
                acknowledged(shared, metadata, failure);
            });
        } catch (RuntimeException | Error e) { // then the callback is not called
            producers.giveBack(shared, ProduceFailure.isFatal(e));
            acknowledged(shared, null, e);
        }
    }

    private ProducerRecord<byte[], byte[]> record(Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                target.topic(),
                RecordKey.of(target, parcel).orElse(null),
                parcel.body().getBytes());
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private void acknowledged(Shared shared, @Nullable RecordMetadata metadata, @Nullable Throwable failure) {
        if (failure != null) {
            later(ProduceFailure.of(failure, shared.producer().blocked(), took()));
        } else {
            String where = metadata == null || !metadata.hasOffset()
                    ? "acknowledged"
                    : "partition " + metadata.partition() + ", offset " + metadata.offset();
            later(new SendResult.Delivered(new Answer(null, where), took()));
        }
    }

    private void later(SendResult outcome) {
        sender.context.runOnContext(ignored -> finish(outcome));
    }

    private void finish(SendResult outcome) {
        if (result.tryComplete(outcome)) {
            sender.vertx.cancelTimer(deadline);
            sender.ended(this);
        }
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
