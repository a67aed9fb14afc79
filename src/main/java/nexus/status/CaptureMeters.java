package nexus.status;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import nexus.replication.CaptureState;
import nexus.replication.CaptureStatus;

/** How far capture is behind. Names are public: README.md lists them. NaN is unknown. */
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

    private double lagBytes() {
        return status.current().lagBytes().isPresent()
                ? status.current().lagBytes().getAsLong()
                : Double.NaN;
    }

    private double lagSeconds() {
        return status.current().lagSeconds().orElse(Double.NaN);
    }

    private double confirmedLsn() {
        return status.current().confirmedLsn().map(CaptureMeters::bytes).orElse(Double.NaN);
    }

    /** {@code 16/B374D848} as PostgreSQL counts it. */
    private static double bytes(String lsn) {
        int slash = lsn.indexOf('/');
        return Long.parseLong(lsn, 0, slash, 16) * 0x1p32 + Long.parseLong(lsn, slash + 1, lsn.length(), 16);
    }
}
