using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>An open source. Used by one thread at a time, except <see cref="SilentFor"/> and <see cref="MediaSilentFor"/>.</summary>
internal interface ICaptureInput : IDisposable
{
    IReadOnlyList<StreamInfo> Streams { get; }
    int StreamsVersion => 0;
    string FormatName { get; }
    TimeSpan? Duration => null;

    /// <summary>Wall-clock time of timestamp zero in microseconds since 1970; null if the source does not state it.</summary>
    long? StartTimeRealtimeUs => null;

    /// <summary>For how long no byte has arrived, even of the protocol; null when unknown. Read from any thread.</summary>
    TimeSpan? SilentFor => null;

    /// <summary>For how long no media has arrived, even such that is left out; null when unknown. Read from any thread.</summary>
    TimeSpan? MediaSilentFor => null;

    /// <summary>Everything read was sent to the subscribers. Called even after the input is disposed.</summary>
    void Delivered() { }
}

/// <summary>An open source whose packets are read one by one, and whose reads may block.</summary>
internal interface IPacketInput : ICaptureInput
{
    Action? OnWaiting { get; set; }

    /// <summary>Whether a source at its end has stated that nothing follows. One that only stops may come back.</summary>
    bool HasEnded => false;

    ReadResult Read(PacketBatch into);
    void SeekToStart();

    /// <summary>Makes a blocked read and all later ones fail at once. Any thread may call this.</summary>
    void Cancel();
}
