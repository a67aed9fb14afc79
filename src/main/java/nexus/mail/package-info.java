/**
 * How is one mail written and handed to the SMTP server?
 *
 * <p>Takes a parcel with its recipients, gives a {@link nexus.target.SendResult}. Never retries, and never knows
 * subscriptions or deliveries. Nothing of it runs before the first mail.
 */
@NullMarked
package nexus.mail;

import org.jspecify.annotations.NullMarked;
