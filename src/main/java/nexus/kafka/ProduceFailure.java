package nexus.kafka;

import java.time.Duration;
import java.util.Optional;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What a failure of the client means. The words hold nothing that a broker or a setting says: it may be secret. */
final class ProduceFailure {
    private ProduceFailure() {}

    /** @param blocked an address of the cluster that must not be reached */
    static SendResult of(Throwable failure, Optional<String> blocked, Duration took) {
        return switch (failure) {
            case RecordTooLargeException e -> never("the record is larger than the topic or the client allows", took);
            case RecordBatchTooLargeException e -> never("the record is larger than a segment of the topic", took);
            case InvalidTopicException e -> never("the topic's name is not valid", took);
            case UnknownTopicOrPartitionException e -> never("the topic does not exist", took);
            case TopicAuthorizationException e -> never("the login may not write to the topic", took);
            case ClusterAuthorizationException e -> outOfService("the login may not write to the cluster", took);
            case SslAuthenticationException e ->
                outOfService("TLS with a broker failed: its certificate is not trusted, or is for another name", took);
            case AuthenticationException e -> outOfService("a broker refuses the login", took);
            case TimeoutException e
            when e.getCause() instanceof UnknownTopicOrPartitionException -> never("the topic does not exist", took);
            case TimeoutException e
            when e.getCause() instanceof TopicAuthorizationException ->
                never("the login may not write to the topic", took);
            case TimeoutException e when blocked.isPresent() -> new SendResult.Blocked(blocked.get(), took);
            case TimeoutException e -> outOfService("no broker of the cluster acknowledged the record in time", took);
            case RetriableException e -> new SendResult.Unreachable(named("the cluster is not ready", e), took);
            case KafkaException e when e.getCause() instanceof KafkaException cause -> of(cause, blocked, took);
            default -> new SendResult.Unreachable(named("the record was not produced", failure), took);
        };
    }

    /** Whether the client can send nothing any more. */
    static boolean isFatal(@Nullable Throwable failure) {
        return failure instanceof IllegalStateException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof ProducerFencedException
                || failure instanceof AuthenticationException
                || (failure instanceof KafkaException && failure.getClass() == KafkaException.class);
    }

    private static SendResult never(String why, Duration took) {
        return new SendResult.Refused(why, new Answer(null, ""), new Extent.ThisDeliveryForGood(), took);
    }

    private static SendResult outOfService(String why, Duration took) {
        return new SendResult.OutOfService(why, null, took);
    }

    private static String named(String why, Throwable failure) {
        return why + " (" + failure.getClass().getSimpleName() + ")";
    }
}
