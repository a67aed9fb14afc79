/**
 * How is one record written and produced to a Kafka cluster?
 *
 * <p>Takes a parcel with its topic, gives a {@link nexus.target.SendResult}. Never retries, and never knows subscriptions or
 * deliveries. Nothing of it, and nothing of Kafka's client, is loaded before the first record.
 */
@NullMarked
package nexus.kafka;

import org.jspecify.annotations.NullMarked;
