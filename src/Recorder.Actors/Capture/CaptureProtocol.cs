using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>One track of an open source: what it is, and what a muxer or decoder needs to know of it.</summary>
/// <param name="Id">Number within the source, from 0; the <see cref="PacketInfo.Track"/> of its packets.</param>
/// <param name="Parameters">The codec's parameters; shared, immutable.</param>
/// <param name="TimeBase">The unit of its packets' timestamps, seconds.</param>
/// <param name="Description">The same for people.</param>
internal sealed record SourceTrack(int Id, CodecParameters Parameters, Rational TimeBase, TrackDescription Description);

/// <summary>
/// What passes between a capture source and its subscribers, all on one node. Requests go to <c>/user/sources</c>, which hands them
/// to the source named; answers come from the source itself. A subscriber sees: <see cref="SourceConnecting"/>* →
/// <see cref="SourceOpened"/> → (<see cref="MediaArrived"/> | track messages | <see cref="SourceLost"/> → <see cref="SourceRestored"/>)*
/// → <see cref="SourceEnded"/>; or <see cref="SourceFailed"/> at any point, after which nothing comes.
/// </summary>
internal static class CaptureProtocol
{
    /// <summary>A request to the source of this URI.</summary>
    public interface IRequest
    {
        /// <summary>The source addressed.</summary>
        SourceUri Source { get; }
    }

    /// <summary>
    /// What a source says to a subscriber. Says for which <see cref="Attach"/>, so that who detaches and attaches again tells late messages
    /// of the first time, which may still wait in its mailbox, from those of the second.
    /// </summary>
    public interface ISourceMessage
    {
        /// <summary>The <see cref="Attach.Attachment"/> that it answers.</summary>
        long Attachment { get; }
    }

    /// <summary>What a source says besides media.</summary>
    public abstract record SourceMessage : ISourceMessage
    {
        /// <inheritdoc />
        public long Attachment { get; init; }
    }

    /// <summary>
    /// The sender wants to know what is known of the source without opening it. Answered with <see cref="Described"/> now and
    /// whenever it changes, until <see cref="Detach"/>.
    /// </summary>
    public sealed record Describe(SourceUri Source) : IRequest;

    /// <summary>
    /// The sender wants the media, from the last key frame on if the source is live and running, else from its beginning.
    /// Whoever is attached already and sends another number begins anew.
    /// </summary>
    /// <param name="Source">The source.</param>
    /// <param name="Attachment">Chosen by the sender, rising from attachment to attachment; stands in every message that answers.</param>
    public sealed record Attach(SourceUri Source, long Attachment = 0) : IRequest;

    /// <summary>The sender wants nothing more. Batches under way may still arrive.</summary>
    public sealed record Detach(SourceUri Source) : IRequest;

    /// <summary>What is known of a source that may not be open.</summary>
    /// <param name="Tracks">Its tracks; null while unknown.</param>
    /// <param name="Ended">Whether all of them have ended, for good.</param>
    /// <param name="Refusal">Why it may not be used, where that is known without an attempt to open it; null: nothing speaks against one.</param>
    public sealed record Described(IReadOnlyList<SourceTrack>? Tracks, bool Ended, MediaError? Refusal = null);

    /// <summary>An attempt to open or reopen the source failed; another follows.</summary>
    /// <param name="Attempt">From 1.</param>
    /// <param name="Cause">One sentence, credentials masked.</param>
    /// <param name="RetryIn">Time until the next attempt.</param>
    public sealed record SourceConnecting(int Attempt, string Cause, TimeSpan RetryIn) : SourceMessage;

    /// <summary>The source is open and its tracks are known.</summary>
    /// <param name="Tracks">Those that can be recorded: video and audio.</param>
    public sealed record SourceOpened(IReadOnlyList<SourceTrack> Tracks) : SourceMessage;

    /// <summary>
    /// Packets of all tracks in arrival order. The receiver calls <see cref="Done"/> exactly once, which gives the native memory
    /// and the flow-control credit back.
    /// Timestamps: per track in its time base, decode times rising, on one timeline that goes on through reconnects.
    /// </summary>
    public sealed class MediaArrived : ISourceMessage
    {
        private readonly Action<long>? _credit;
        private int _done;

        /// <param name="batch">A reference counted for the receiver.</param>
        /// <param name="credit">Called with the batch's bytes when the receiver is done; null for none.</param>
        /// <param name="attachment">The <see cref="Attach.Attachment"/> that it answers.</param>
        public MediaArrived(PacketBatch batch, Action<long>? credit = null, long attachment = 0)
        {
            Batch = batch;
            _credit = credit;
            Attachment = attachment;
        }

        /// <inheritdoc />
        public long Attachment { get; }

        /// <summary>The packets.</summary>
        public PacketBatch Batch { get; }

        /// <summary>Gives back the batch and its credit. A second call does nothing.</summary>
        public void Done()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                var bytes = Batch.Bytes;
                Batch.Release();
                _credit?.Invoke(bytes);
            }
        }
    }

    /// <summary>
    /// The media itself has other tracks from the next packet on: one that began to be sent, one that is no longer sent, other parameters of
    /// one. Not what a program did to the stream, which <see cref="TrackAdded"/> and <see cref="TrackRemoved"/> say.
    /// </summary>
    /// <param name="Tracks">All that are sent from here on, in the order of the source.</param>
    /// <param name="Detail">What changed, a sentence.</param>
    public sealed record TracksChanged(IReadOnlyList<SourceTrack> Tracks, string Detail) : SourceMessage;

    /// <summary>A program added a track to the stream.</summary>
    public sealed record TrackAdded(SourceTrack Track) : SourceMessage;

    /// <summary>A program took a track from the stream.</summary>
    public sealed record TrackRemoved(int Track) : SourceMessage;

    /// <summary>A track ended by itself; the others go on.</summary>
    public sealed record TrackEnded(int Track) : SourceMessage;

    /// <summary>The codec parameters of a track changed; its following packets are of the new kind.</summary>
    public sealed record TrackChanged(SourceTrack Track) : SourceMessage;

    /// <summary>A track has no signal (or was disabled), or has it again. Its packets, if any, are to be left out meanwhile.</summary>
    public sealed record TrackMuted(int Track, bool Muted) : SourceMessage;

    /// <summary>No media since <paramref name="Since"/>; the source reconnects by itself.</summary>
    public sealed record SourceLost(DateTimeOffset Since, string Cause) : SourceMessage;

    /// <summary>Media again. The timeline goes on with the gap in it.</summary>
    /// <param name="From">Wall-clock time of the last packet before.</param>
    /// <param name="To">Wall-clock time of the first packet after.</param>
    /// <param name="Packets">Left out where the connection broke, because they may be half; how many were never sent, nobody knows.</param>
    public sealed record SourceRestored(DateTimeOffset From, DateTimeOffset To, long Packets = 0) : SourceMessage;

    /// <summary>
    /// The receiver was too slow (or packets were damaged): these were left out for it, in whole groups of pictures.
    /// </summary>
    public sealed record MediaDropped(GapCause Cause, long Packets, DateTimeOffset From, DateTimeOffset To) : SourceMessage
    {
        /// <summary>Media time that is missing; null when only the packet that comes next tells.</summary>
        public TimeSpan? Missing { get; init; }
    }

    /// <summary>The timestamps of a track jumped or ran at another rate than its packets came; the timeline was corrected.</summary>
    /// <param name="Track">The track.</param>
    /// <param name="Detail">What was wrong and what was done, in a sentence.</param>
    public sealed record TimestampsMended(int Track, string Detail) : SourceMessage;

    /// <summary>All tracks ended.</summary>
    public sealed record SourceEnded(string Reason) : SourceMessage;

    /// <summary>The source cannot be captured and will not be retried: no such file, no media in it, no permission.</summary>
    public sealed record SourceFailed(MediaError Error) : SourceMessage;
}
