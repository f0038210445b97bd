using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>The playable media of an interval without overlaps, and the parts on nodes that do not answer.</summary>
internal sealed record PlayedParts(IReadOnlyList<ExtentPart> Extents, IReadOnlyList<MissingPart> Missing);

/// <summary>The recordings of a data folder, with the fragment maps of recently played ones.</summary>
internal sealed class MediaLibrary(ServeOptions options, PeerMedia? peers = null)
{
    public static readonly IReadOnlySet<string> SkipNone = new HashSet<string>();

    private const int KeptReaders = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<RecordingKey, RecordingReader> _readers = [];
    private readonly Queue<RecordingKey> _order = new();

    public FragmentMaps Maps { get; } = new();

    /// <summary>Opens a recording that is on this node.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public LocalRecording Open(string key)
    {
        var recording = RecordingEndpoints.ReadKey(key);
        var folder = Path.Combine(options.RecordingsFolder, recording.Recorder.Value, recording.Recording.Value);
        lock (_gate)
        {
            if (_readers.TryGetValue(recording, out var known) && Directory.Exists(folder))
                return new LocalRecording(recording, folder, known);

            try
            {
                var reader = RecordingReader.Open(folder);
                if (_readers.TryAdd(recording, reader))
                {
                    _order.Enqueue(recording);
                    if (_order.Count > KeptReaders)
                        _readers.Remove(_order.Dequeue());
                }
                else
                {
                    _readers[recording] = reader;
                }

                return new LocalRecording(recording, folder, reader);
            }
            catch (Exception exception) when (exception is DirectoryNotFoundException or InvalidDataException)
            {
                throw new ProblemException(Problem.NotFound($"There is no recording '{key}', or it was removed."));
            }
        }
    }

    /// <summary>Finds a recording on this node, or on the node of the cluster that has its last part.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    /// <exception cref="PeerAwayException">It is on a node that does not answer.</exception>
    public async Task<PlayedRecording> FindAsync(string key, CancellationToken cancellationToken) =>
        peers is not null && await peers.FindAsync(RecordingEndpoints.ReadKey(key), TryOpen, cancellationToken) is { } elsewhere ? elsewhere : Open(key);

    /// <summary>Reads what was told of a recording: when its blobs were captured, and its gaps.</summary>
    public async Task<ToldRecording> ReadToldAsync(PlayedRecording recording, CancellationToken cancellationToken)
    {
        var content = recording.Here?.Reader.Read();
        var (own, far) = (content?.Blobs ?? [], recording as PeerRecording);
        var holders = peers is null ? 1 : await peers.CountHoldersAsync(recording.Key, cancellationToken);
        // What one node missed another may have recorded.
        var gaps = holders > 1 ? await peers!.ListGapsAsync(recording.Key, cancellationToken) : far?.Gaps ?? content?.Gaps ?? [];
        return new ToldRecording([.. own.Select(blob => new ToldBlob(null, blob)), .. (far?.Blobs ?? []).Select(blob => new ToldBlob(far!.Node, blob))], gaps);
    }

    /// <summary>
    /// Reads what all nodes that answer told of an interval of a recording. Nothing of what was removed, or is on a node that does not answer.
    /// </summary>
    public async Task<ToldRecording> ReadToldAsync(string key, TimeSpan from, TimeSpan to, CancellationToken cancellationToken)
    {
        var recording = RecordingEndpoints.ReadKey(key);
        var here = TryOpen(recording)?.Reader.Read(from, to);
        var there = peers is null ? [] : await peers.ReadAsync(recording, from, to, cancellationToken);
        return new ToldRecording(
            [
                .. (here?.Blobs ?? []).Select(blob => new ToldBlob(null, blob)),
                .. there.SelectMany(peer => peer.Blobs.Select(blob => new ToldBlob(peer.Node, blob))),
            ],
            [.. here?.Gaps ?? [], .. there.SelectMany(peer => peer.Gaps)]);
    }

    /// <summary>Lists the extents of an interval with their whole fragments; in a cluster those of all nodes, on one
    /// timeline.</summary>
    public async Task<PlayedParts> PartsAsync(PlayedRecording recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken)
    {
        var away = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var (rows, missing) = await WantedAsync(recording, from, to, away, cancellationToken);
            if (rows.TrueForAll(wanted => wanted.Extent.Node is null) && missing.Count == 0)
                return new PlayedParts(recording.Here is { } here ? Parts(here, [.. rows.Select(wanted => wanted.Extent)]) : [], []);

            try
            {
                return new PlayedParts(await OpenAsync(recording, rows, from, cancellationToken), missing);
            }
            catch (PeerAwayException gone)
            {
                away.Add(gone.Node);
            }
        }
    }

    /// <summary>Lists the whole extents of an interval, each with its playable interval; in a cluster those of all
    /// nodes.</summary>
    public async Task<(List<WantedExtent> Extents, IReadOnlyList<MissingPart> Missing)> WantedAsync(
        PlayedRecording recording, TimeSpan? from, TimeSpan? to, IReadOnlySet<string> away, CancellationToken cancellationToken)
    {
        var here = recording.Here is { } local ? Rows(local, from, to).Select(row => new WantedExtent(row, new LocalMedia(row.Path))).ToList() : [];
        var others = peers is null ? [] : await peers.ListAsync(recording, from, to, cancellationToken);
        if (others.Count == 0)
            return (here, []);

        // The place of the first extent gives the places of all others on the timeline.
        if (here is [{ Extent.Number: > 1 }, ..] && FirstOf(recording.Here!) is { } first)
            here.Insert(0, new WantedExtent(first, new LocalMedia(first.Path)));

        // The place of unannounced media is unknown on a timeline that began on another node.
        here.RemoveAll(wanted => wanted.Extent.LastBlob == 0 && wanted.Extent.Epoch == 0);
        var there = others.ToLookup(row => peers!.IsThere(row) && !away.Contains(row.Node!));
        var chosen = ExtentChoice.Of([.. here, .. there[true].Select(row => new WantedExtent(row, peers!.SourceOf(recording.Key, row)))]);
        var missing = ExtentChoice.Uncovered(there[false].Where(row => Overlaps(row, from, to)), chosen)
            .Select(hole => new MissingPart(hole.Extent.Node!, hole.From, hole.To)).ToList();
        return ([.. chosen], missing);
    }

    private async Task<IReadOnlyList<ExtentPart>> OpenAsync(PlayedRecording recording, List<WantedExtent> wanted, TimeSpan? from, CancellationToken cancellationToken)
    {
        var opened = new List<(WantedExtent Wanted, ExtentPart Part)>(wanted.Count);
        var last = wanted.FindLastIndex(extent => extent.Extent.Node is null);
        for (var i = 0; i < wanted.Count; i++)
        {
            var row = wanted[i].Extent;
            var part = row.Node is null
                ? Maps.Open(row, whole: recording.IsUnderWay && i == last && i == wanted.Count - 1)
                : await peers!.OpenAsync(recording.Key, row, cancellationToken);
            if (part is not null)
                opened.Add((wanted[i], part));
        }

        List<ExtentPart> parts = [.. opened.Select(extent => extent.Part)];
        var (placed, origin) = (Mp4Timeline.Place(parts), Mp4Timeline.OriginOf(parts));
        return
        [
            .. placed.Select((part, index) => opened[index].Wanted.Cut(part, origin))
                // The first extent was read only to place the others.
                .Where(part => !part.IsEmpty && (from is null || part.Extent.Number > 1 || part.EndOf(part.Count - 1) > from)),
        ];
    }

    private static bool Overlaps(Extent row, TimeSpan? from, TimeSpan? to) =>
        !(row.MediaTime + row.Duration <= from) && !(row.MediaTime >= to);

    private List<ExtentPart> Parts(LocalRecording recording, List<Extent> rows)
    {
        var parts = new List<ExtentPart>(rows.Count + 1);
        // The place of the first extent gives the places of all others on the timeline.
        var opening = rows is [{ Number: > 1 }, ..] && FirstOf(recording) is { } origin ? Maps.Open(origin) : null;
        if (opening is not null)
            parts.Add(opening);

        for (var i = 0; i < rows.Count; i++)
        {
            if (Maps.Open(rows[i], whole: recording.IsUnderWay && i == rows.Count - 1) is { } part)
                parts.Add(part);
        }

        return opening is null ? parts : [.. Mp4Timeline.Place(parts).Skip(1)];
    }

    /// <summary>Converts a wall-clock time to a moment of the timeline; the nearest one if nothing was captured then.</summary>
    public async Task<TimeSpan> MediaTimeOfAsync(PlayedRecording recording, DateTimeOffset wall, CancellationToken cancellationToken)
    {
        if (peers is not null && await peers.MediaTimeOfAsync(recording.Key, wall, cancellationToken) is { } known)
            return known;

        var blobs = recording.Here?.Reader.Read().Blobs ?? [];
        if (blobs.LastOrDefault(blob => blob.CapturedAt <= wall) is not { } blob)
            return TimeSpan.Zero;

        var into = wall - blob.CapturedAt;
        return blob.MediaTime + (into < blob.Duration ? into : blob.Duration);
    }

    private static Extent? FirstOf(LocalRecording recording) =>
        Rows(recording, null, TimeSpan.FromMilliseconds(1)) is [{ Number: 1 } first, ..] ? first : null;

    /// <summary>Lists the whole extents of an interval. The first blob of an extent gives its place on the timeline.</summary>
    public static List<Extent> Rows(LocalRecording recording, TimeSpan? from, TimeSpan? to)
    {
        var step = TimeSpan.FromSeconds(1);
        var begin = from - step;
        var content = recording.Reader.Read(begin, to);
        while (begin > TimeSpan.Zero && content.Blobs is not [{ Offset: 0 }, ..])
        {
            step *= 4;
            begin -= step;
            content = recording.Reader.Read(begin > TimeSpan.Zero ? begin : null, to);
        }

        var rows = content.Extents.Select(extent => RowOf(extent)).ToList();
        if (!recording.IsUnderWay && rows.Count > 0 && rows[^1].MediaTime + rows[^1].Duration <= from)
        {
            // The extent ends before the requested interval.
            return [];
        }

        if (recording.IsUnderWay && (to is null || rows.Count == 0 || rows[^1].MediaTime + rows[^1].Duration < to))
            AddUnannounced(recording, rows);

        return rows;
    }

    /// <param name="node">The node that has it; null for this one.</param>
    public static Extent RowOf(ExtentContent extent, string? node = null) => new()
    {
        Number = extent.Number,
        Path = node is null ? extent.Path : Path.GetFileName(extent.Path),
        Bytes = extent.Bytes,
        MediaTime = extent.MediaTime,
        Duration = extent.Duration,
        CapturedAt = extent.CapturedAt,
        FirstBlob = extent.Blobs[0].Number,
        LastBlob = extent.Blobs[^1].Number,
        Epoch = extent.Blobs[0].Epoch,
        Node = node,
    };

    private LocalRecording? TryOpen(RecordingKey recording)
    {
        try
        {
            return Open(recording.ToString());
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    // A blob is announced when it is complete, which takes long without a timeslice; its fragments are on disk before.
    private static void AddUnannounced(LocalRecording recording, List<Extent> rows)
    {
        var last = rows.LastOrDefault();
        foreach (var (number, path) in RecordingLayout.At(recording.Folder).Extents())
        {
            if (number <= (last?.Number ?? 0))
                continue;

            last = new Extent
            {
                Number = number,
                Path = path,
                Bytes = long.MaxValue,
                MediaTime = last is null ? TimeSpan.Zero : last.MediaTime + last.Duration,
                Duration = TimeSpan.Zero,
                CapturedAt = last is null ? recording.Description.StartedAt : last.CapturedAt + last.Duration,
                FirstBlob = 0,
                LastBlob = 0,
                Epoch = last?.Epoch ?? 0,
            };
            rows.Add(last);
        }
    }
}
