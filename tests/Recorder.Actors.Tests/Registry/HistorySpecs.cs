using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Registry;

/// <summary>
/// A recorder's folder and catalogue as a killed node leaves them: the folder has every index line, and the catalogue has the events up to one
/// that the spec chooses.
/// </summary>
public abstract class HistorySpecs : IAsyncLifetime
{
    private protected static readonly RecorderId Cam = new("cam");
    private protected static readonly RecordingId Recording = new("20260101T000000.000Z-1");
    private protected static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private string _extension = ".mp4";
    private int _extent;
    private long _blobs;

    /// <summary>The published events, in the order of the index lines.</summary>
    private protected List<IEvent> Raised { get; } = [];

    private protected SqlCatalogue Catalogue { get; private set; } = null!;

    private protected HistoryFinder Finder { get; private set; } = null!;

    private protected RecordingFiles? Files { get; private set; }

    /// <summary>Where the recording's timeline ends.</summary>
    private protected TimeSpan End { get; set; }

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("recorder-history-").FullName;

    private protected RecordingLayout Layout { get; }

    protected HistorySpecs() => Layout = RecordingLayout.For(new RecordingTarget(Root), Cam, Recording);

    private protected string Root => Path.Combine(Folder, "recordings");

    public async Task InitializeAsync()
    {
        Catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(Path.Combine(Folder, "catalogue.db")), new CatalogueOptions { Root = Root }, NoCipher.Instance, default);
        Finder = new HistoryFinder(Catalogue, Root, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        Files?.Dispose();
        await Catalogue.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private protected static readonly RecorderDefinition Definition =
        new() { Id = Cam, Source = "test:", Options = new RecorderOptions(), Desired = RecorderState.Recording };

    private protected static readonly RecordingKey Key = new(Cam, Recording);

    // The content of an event without the time at which it was published.
    private protected static object ContentOf(IEvent raised) => raised switch
    {
        DataAvailable data => (data.Sequence, data.Data.Number, data.Data.Path, data.Data.Offset, data.Data.Length, data.Timecode),
        GapRecorded gap => (gap.Sequence, gap.Cause, gap.MediaTime, gap.Duration, gap.From, gap.To),
        ErrorRaised error => (error.Sequence, error.Error),
        Marked mark => (mark.Sequence, mark.Label, mark.MediaTime),
        _ => (raised.Sequence, raised.GetType().Name),
    };

    private protected Task<FoundHistory> FindAsync() => Finder.FindAsync(Definition, default);

    private protected void Begin(string extension = ".mp4")
    {
        _extension = extension;
        Files = new RecordingFiles(Layout, LocalDisk.Instance);
        Files.BeginExtent(++_extent, extension);
        Files.Describe(new RecordingDescription
        {
            Recorder = Cam.Value,
            Recording = Recording.Value,
            Source = "test:",
            Node = "here",
            StartedAt = T0,
            MimeType = MimeType(extension),
        });
        Raise(number => new Started(Cam, number, T0, Recording, MimeType(extension)));
    }

    // Restarts a killed node, which adds a gap for the time it was down.
    private protected void Restart()
    {
        Files!.Dispose();
        Files = new RecordingFiles(Layout, LocalDisk.Instance, continues: true);
        Files.BeginExtent(++_extent, _extension);
        AddGap(GapCause.NodeDown, End, 2 * Second);
        End += 2 * Second;
    }

    private protected void AddBlobs(int count)
    {
        for (; count > 0; count--)
        {
            using var bytes = MediaBytes.CopyOf(Encoding.ASCII.GetBytes($"blob {_blobs % 10}"));
            Files!.Append(bytes);
            var blob = Files.EndBlob(new BlobMark(Recording, ++_blobs, MimeType(_extension), End, Second, T0 + End, Key: true), _extension);
            Raise(number => new DataAvailable(Cam, number, T0 + End, blob, blob.MediaTime));
            End += Second;
        }
    }

    private protected void AddGap(GapCause cause, TimeSpan at, TimeSpan duration)
    {
        var gap = new GapRecorded(Cam, 0, T0 + at + duration, Recording, cause)
        {
            MediaTime = at,
            Duration = duration,
            From = T0 + at,
            To = T0 + at + duration,
        };
        Files!.AddGap(gap);
        Raise(number => gap with { Sequence = number });
    }

    private protected void AddMark(string label)
    {
        var mark = new Marked(Cam, 0, T0 + End, Recording, End, label);
        Files!.AddMark(mark);
        Raise(number => mark with { Sequence = number });
    }

    // Cuts off the last blobs, which never reached the disk.
    private protected void LoseBlobs(int count)
    {
        using var file = new FileStream(Layout.Extent(_extent, _extension), FileMode.Open);
        file.SetLength(file.Length - (count * "blob 0".Length));
    }

    private protected void Raise(Func<long, IEvent> create) => Raised.Add(create(Raised.Count + 1));

    // Ends the node: the folder has everything, and the catalogue has the first events.
    private protected async Task KillAsync(int published)
    {
        Files!.Dispose();
        await AppendAsync(Raised.Take(published));
    }

    private protected async Task<SqlCatalogue> CopyOfCatalogueAsync()
    {
        await Catalogue.Journal.SyncAsync(default);
        var copy = Path.Combine(Folder, $"copy-{Guid.NewGuid():n}.db");
        foreach (var part in new[] { "", "-wal" }.Where(part => File.Exists(Path.Combine(Folder, "catalogue.db" + part))))
            File.Copy(Path.Combine(Folder, "catalogue.db" + part), copy + part);

        return await SqlCatalogue.OpenAsync(new SqliteDatabase(copy), new CatalogueOptions { Root = Root }, NoCipher.Instance, default);
    }

    private protected Task<long> AppendAsync(IEnumerable<IEvent> events) => Catalogue.Journal.AppendAsync([.. events], null, default);

    private protected static string MimeType(string extension) => extension switch
    {
        ".webm" => "video/webm;codecs=vp8",
        ".mkv" => "video/x-matroska;codecs=avc1",
        _ => "video/mp4;codecs=avc1",
    };
}
