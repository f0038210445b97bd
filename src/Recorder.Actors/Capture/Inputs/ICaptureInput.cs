using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>An open source that packets are read from: FFmpeg's demuxer or the test pattern. One thread at a time, except Cancel.</summary>
internal interface ICaptureInput : IDisposable
{
    /// <summary>The streams known now.</summary>
    IReadOnlyList<StreamInfo> Streams { get; }

    /// <summary>Rises when <see cref="Streams"/> changes.</summary>
    int StreamsVersion { get; }

    /// <summary>The format's name.</summary>
    string FormatName { get; }

    /// <summary>Length; null when unknown or endless.</summary>
    TimeSpan? Duration { get; }

    /// <summary>Wall clock of timestamp zero in microseconds since 1970, when the source states it.</summary>
    long? StartTimeRealtimeUs { get; }

    /// <summary>Called on the reading thread while a read blocks.</summary>
    Action? OnWaiting { get; set; }

    /// <summary>Whether a source at its end has said that nothing follows; one that only stops may be back.</summary>
    bool HasEnded => false;

    /// <summary>For how long nothing has come, no byte of whatever the protocol carries besides media; null where nobody knows. From any thread.</summary>
    TimeSpan? SilentFor => null;

    /// <summary>Appends one packet.</summary>
    ReadResult Read(PacketBatch into);

    /// <summary>Goes back to the first packet.</summary>
    void SeekToStart();

    /// <summary>Makes a blocked or later read fail at once.</summary>
    void Cancel();

    /// <summary>All that was read went out to the subscribers: whoever waits for that may go. Also once it is disposed.</summary>
    void Delivered()
    {
    }
}
