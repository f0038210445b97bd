namespace Recorder.FFmpeg;

internal sealed unsafe class StreamTable(InputContext input) : IDisposable
{
    private StreamTracker[] _trackers = [];

    public IReadOnlyList<StreamInfo> All { get; private set; } = [];

    public int Version { get; private set; }

    public MovieEdits? Edits { get; set; }

    public bool HasNoFrame(AVPacket* packet) =>
        packet->stream_index < _trackers.Length && _trackers[packet->stream_index].HasNoFrame(packet);

    public void Update(AVPacket* packet)
    {
        var context = input.Context;
        try
        {
            if (context->nb_streams != _trackers.Length)
                CheckAndRefresh();
            // A packet that changes the codec may bring another codec header too.
            while (_trackers[packet->stream_index].HasChanged(context->streams[packet->stream_index], packet))
                CheckAndRefresh();
        }
        catch
        {
            ffmpeg.av_packet_unref(packet);
            throw;
        }
    }

    public void Refresh()
    {
        var context = input.Context;
        var trackers = new StreamTracker[context->nb_streams];
        var streams = new StreamInfo[trackers.Length];
        for (var i = 0; i < trackers.Length; i++)
        {
            trackers[i] = i < _trackers.Length ? _trackers[i] : new StreamTracker(input.Options.Limits.Pixels);
            streams[i] = trackers[i].Describe(context->streams[i]);
            if (Edits?.ParametersOf(i) is { } edited)
                streams[i] = streams[i] with { Parameters = edited };
        }
        Replace(streams);
        _trackers = trackers;
    }

    public void Replace(IReadOnlyList<StreamInfo> streams)
    {
        input.Limits.Check(streams);
        All = streams;
        Version++;
    }

    public void Dispose()
    {
        foreach (var tracker in _trackers)
            tracker.Dispose();
    }

    private void CheckAndRefresh()
    {
        input.Limits.Check(input.Context);
        Refresh();
    }
}
