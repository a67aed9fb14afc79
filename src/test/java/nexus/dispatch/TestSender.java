package nexus.dispatch;

import java.time.Clock;
import java.util.Random;
import nexus.dispatch.send.SendLoop;
import nexus.dispatch.send.SubscriptionSender;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.target.TestSenders;
import nexus.testkit.Configs;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import nexus.webhook.WebhookSender;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;

/** Sends webhooks to loopback, on a loop of its own. */
final class TestSender implements AutoCloseable {
    private final SendLoop loop = new SendLoop(TestPostgres.vertx());
    private final WebhookSender webhooks;

    /** @param version its requests have it in {@code User-Agent} */
    TestSender(String version) {
        WebhookConfig config =
                Configs.of(WebhookConfig.class, "nexus.webhook.allow=127.0.0.0/8", "nexus.webhook.timeout=10s");
        webhooks = new WebhookSender(
                TestPostgres.vertx(),
                loop,
                new TargetResolver(TestPostgres.vertx(), config),
                config,
                Clock.systemUTC(),
                new Random(5),
                Tracing.off(),
                version);
    }

    SendLoop loop() {
        return loop;
    }

    SubscriptionSender sender(SubscriptionCatalog catalog) {
        return new SubscriptionSender(TestSenders.with(webhooks), loop, catalog);
    }

    @Override
    public void close() {
        webhooks.close();
    }
}
