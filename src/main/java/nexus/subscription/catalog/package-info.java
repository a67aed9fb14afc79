/**
 * Which subscriptions are there, in the store and in this process?
 *
 * <p>Takes settings, gives stored subscriptions and one copy of all of them. The only room that writes {@code subscription}. Never
 * decides what a request may say.
 */
@NullMarked
package nexus.subscription.catalog;

import org.jspecify.annotations.NullMarked;
