using System.Text.Json.Serialization;

namespace Recorder.Contracts;

/// <content>The answers to commands.</content>
public static partial class RecorderProtocol
{
    /// <summary>The command was carried out. Its consequences follow as events.</summary>
    /// <param name="Recorder">The recorder that answers.</param>
    /// <param name="State">The state after the command.</param>
    public sealed record Accepted(RecorderId Recorder, RecorderState State)
    {
        /// <summary>The recording that the command was carried out on; null for a recorder that is inactive.</summary>
        public RecordingId? Recording { get; init; }

        /// <summary>Answers with the same recorder and state are equal: specs compare them and cannot know the recording's id.</summary>
        public bool Equals(Accepted? other) => other is not null && Recorder == other.Recorder && State == other.State;

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Recorder, State);
    }

    /// <summary>The command was refused and changed nothing.</summary>
    /// <param name="Recorder">The recorder that answers.</param>
    /// <param name="State">The recorder's state.</param>
    /// <param name="Error">Why the command was refused.</param>
    public sealed record Refused(RecorderId Recorder, RecorderState State, MediaError Error);

    /// <summary>The status of a recorder at one moment.</summary>
    public sealed record Status
    {
        /// <summary>The recorder that answers.</summary>
        public required RecorderId Recorder { get; init; }

        /// <summary>Inactive, recording or paused.</summary>
        public required RecorderState State { get; init; }

        /// <summary>The MIME type in use. Before the first media, the requested type, or "" when none was requested.</summary>
        public required string MimeType { get; init; }

        /// <summary>Bits per second of the video encoder; without an encoder, the requested rate.</summary>
        public long VideoBitsPerSecond { get; init; }

        /// <summary>Bits per second of the audio encoder; without an encoder, the requested rate.</summary>
        public long AudioBitsPerSecond { get; init; }

        /// <summary>Whether the audio encoder's bit rate is variable or constant.</summary>
        public BitrateMode AudioBitrateMode { get; init; }

        /// <summary>The condition of the source.</summary>
        public SourceStatus Source { get; init; }

        /// <summary>The current recording or the last one; null before the first.</summary>
        public RecordingId? Recording { get; init; }

        /// <summary>Media time recorded.</summary>
        public TimeSpan Duration { get; init; }

        /// <summary>Bytes recorded so far; after the end of the recording, bytes stored.</summary>
        public long Bytes { get; init; }

        /// <summary>Blobs announced so far; after the end of the recording, blobs that are not empty.</summary>
        public long Blobs { get; init; }

        /// <summary>Packets that should have been recorded and were not.</summary>
        public long LostPackets { get; init; }

        /// <summary>The take that the current recording belongs to, or the recorder is armed for; null for none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public TakeId? Take { get; init; }

        /// <summary>When the frames of the current recording were captured; null before the first.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public CaptureTimes? Times { get; init; }
    }

    /// <summary>The answer of a recorder that was asked to be ready for a take. It never refuses: it says what it has.</summary>
    /// <param name="Recorder">The recorder that answers.</param>
    /// <param name="State">Its state: only an inactive recorder can begin a take.</param>
    /// <param name="Take">The take that it is armed for, or that its recording belongs to; null for none.</param>
    public sealed record Armed(RecorderId Recorder, RecorderState State, TakeId? Take)
    {
        /// <summary>The condition of the source.</summary>
        public SourceStatus Source { get; init; }

        /// <summary>Whether the source is live: another one has no media of the past.</summary>
        public bool IsLive { get; init; }

        /// <summary>When the oldest key frame that it keeps was captured: the earliest moment at which it can begin; null for none.</summary>
        public DateTimeOffset? OldestKeyFrame { get; init; }

        /// <summary>Which clock says so.</summary>
        public CaptureClock Clock { get; init; }

        /// <summary>Bytes of the source's media per second; 0 while unknown.</summary>
        public long BytesPerSecond { get; init; }

        /// <summary>The node that has the recorder, when it is another one than the one that was asked; null for that one.</summary>
        public string? Node { get; init; }

        /// <summary>Free bytes on that other node's volume; null when they are not known.</summary>
        public long? FreeBytes { get; init; }
    }
}
