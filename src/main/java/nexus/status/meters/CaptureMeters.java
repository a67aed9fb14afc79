package nexus.status.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import nexus.pgoutput.Lsn;
import nexus.replication.state.CaptureState;
import nexus.replication.state.CaptureStatus;
import nexus.replication.state.SlotHealth;

/** Meters of capture. Their names are public and listed in README.md; NaN means unknown. */
@Singleton
public class CaptureMeters {
    private final CaptureStatus status;
    private final MeterRegistry registry;

    public CaptureMeters(CaptureStatus status, MeterRegistry registry) {
        this.status = status;
        this.registry = registry;
    }

    void register(@Observes StartupEvent event) {
        Gauge.builder("nexus.capture.lag.bytes", this, CaptureMeters::lagBytes)
                .description("WAL between the last position confirmed and the source's end")
                .register(registry);
        Gauge.builder("nexus.capture.lag.seconds", this, CaptureMeters::lagSeconds)
                .description("Age of the newest commit that is stored, while there is more to read")
                .register(registry);
        Gauge.builder("nexus.capture.confirmed.lsn", this, CaptureMeters::confirmedLsn)
                .description("Last position confirmed to the source, in bytes of WAL")
                .register(registry);
        gauge("nexus.slot.retained.bytes", slot -> slot.retainedBytes())
                .description("WAL that the source keeps for the slot")
                .register(registry);
        gauge("nexus.slot.safe.bytes", slot -> unboxed(slot.safeBytes()))
                .description("WAL that may still be written before the slot is in danger; NaN without a limit")
                .register(registry);
        gauge("nexus.slot.restart.lag.seconds", slot -> slot.restartLag().toSeconds())
                .description("Age of the oldest WAL kept for the slot")
                .register(registry);
        gauge("nexus.slot.confirmed.lag.seconds", slot -> slot.confirmedLag().toSeconds())
                .description("For how long there has been WAL that is not confirmed")
                .register(registry);
        gauge("nexus.slot.catalog.xmin.age", slot -> unboxed(slot.xminAge()))
                .description("Transactions since the oldest whose catalog rows the slot keeps from VACUUM")
                .register(registry);
        gauge(
                        "nexus.slot.lost.in.seconds",
                        slot -> slot.lostIn().map(in -> (double) in.toSeconds()).orElse(Double.NaN))
                .description(
                        "When the slot is lost if WAL goes on growing as in the last minutes; NaN when it does not")
                .register(registry);
        for (String word : List.of("reserved", "extended", "unreserved", "lost")) {
            gauge(
                            "nexus.slot.wal.status",
                            slot -> slot.walStatus().filter(word::equals).isPresent() ? 1 : 0)
                    .description("1 for the wal_status of the slot, 0 for the others")
                    .tag("status", word)
                    .register(registry);
        }
        for (CaptureState.Status word : CaptureState.Status.values()) {
            Gauge.builder(
                            "nexus.capture.status",
                            this,
                            meters -> meters.status.current().status() == word ? 1 : 0)
                    .description("1 for the status that capture is in, 0 for the others")
                    .tag("status", word.text())
                    .register(registry);
        }
    }

    private Gauge.Builder<CaptureStatus> gauge(String name, ToDoubleFunction<SlotHealth> value) {
        return Gauge.builder(
                name,
                status,
                now -> now.current().slot().map(value::applyAsDouble).orElse(Double.NaN));
    }

    private static double unboxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private double lagBytes() {
        return status.current().lagBytes().isPresent()
                ? status.current().lagBytes().getAsLong()
                : Double.NaN;
    }

    private double lagSeconds() {
        return status.current().lagSeconds().orElse(Double.NaN);
    }

    private double confirmedLsn() {
        return status.current()
                .confirmedLsn()
                .map(lsn -> Lsn.parse(lsn).bytes())
                .orElse(Double.NaN);
    }
}
