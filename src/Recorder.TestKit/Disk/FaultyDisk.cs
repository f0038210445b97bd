using Recorder.Actors.Storage;

namespace Recorder.Testing;

/// <summary>A disk in memory that fails on request: it can be slow, stalled or full, fail at a given byte, tear a write, or lose
/// what was not flushed in a power cut. Recordings of a <see cref="RecorderWorld"/> are written to it.</summary>
/// <remarks>Bytes are counted over all files of the disk, including index files and descriptions.</remarks>
/// <example>
/// <code>
/// recorder.Start(timeslice: TimeSpan.FromSeconds(1));
/// Clock.Advance(TimeSpan.FromSeconds(2));
/// Disk.Fill();
/// Clock.Advance(TimeSpan.FromSeconds(3));
/// Disk.Repair();
/// </code>
/// </example>
public sealed partial class FaultyDisk
{
    private readonly Dictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);
    private readonly IActorRef _volume;
    private readonly SyncRounds _rounds;
    private Action<TimeSpan>? _wake;
    private long? _free;
    private long? _failAt;
    private bool _tears;
    private bool _losesFlushes;

    internal FaultyDisk(ActorSystem system, TimeProvider time)
    {
        _rounds = new SyncRounds(job => job(), job => Volume!.Post(job), wait => _wake!(wait), time);
        _volume = system.ActorOf(Props.Create(() => new VolumeActor(this)), "disk");
        Volume = new OneVolume(this);
    }

    /// <summary>How long each write, flush or creation of a file takes. Default: zero.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether the disk is stalled; see <see cref="Stall"/>.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Bytes written to all files so far.</summary>
    public long Written { get; private set; }

    /// <summary>The paths of all files.</summary>
    public IReadOnlyCollection<string> Paths => _files.Keys;

    internal IVolumes Volumes => Volume;
    private OneVolume Volume { get; }

    /// <summary>Stalls the disk: writes wait until <see cref="Continue"/>.</summary>
    public void Stall() => IsStalled = true;

    /// <summary>Ends <see cref="Stall"/>, and carries out the writes that waited.</summary>
    public void Continue()
    {
        IsStalled = false;
        _volume.Tell(new VolumeActor.Continue(), ActorRefs.NoSender);
    }

    /// <summary>Limits the free space. The write that exceeds it fails, and the part of it that fits is stored.</summary>
    /// <param name="bytes">Free space in bytes; null for no limit.</param>
    public void Fill(long? bytes = 0) => _free = bytes;

    /// <summary>Makes the write that contains a given byte fail, and every write after it, until <see cref="Repair"/>.</summary>
    /// <param name="written">The byte's position, counted as <see cref="Written"/> is.</param>
    /// <param name="torn">Whether the part of the write before that byte is stored; otherwise nothing of the write is
    /// stored.</param>
    public void FailAt(long written, bool torn = false) => (_failAt, _tears) = (written, torn);

    /// <summary>Makes every flush to stable storage fail until <see cref="Repair"/>.</summary>
    public void FailFlushes() => _losesFlushes = true;

    /// <summary>Discards what a power cut does: unflushed ends of files, and files in unflushed folders.</summary>
    public void CutPower()
    {
        foreach (var (path, file) in _files.ToList())
        {
            if (!file.CutPower())
                _files.Remove(path);
        }
    }

    /// <summary>Ends every fault and every limit.</summary>
    public void Repair()
    {
        _losesFlushes = false;
        (_free, _failAt, Delay) = (null, null, TimeSpan.Zero);
        Continue();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist; the message lists the existing files.</exception>
    public byte[] Read(string path) => _files.TryGetValue(path, out var file)
        ? file.Content
        : throw new FileNotFoundException(
            $"The file '{path}' does not exist; the disk contains: {string.Join(", ", _files.Keys)}", path);

    /// <summary>Reads the bytes of a blob.</summary>
    /// <exception cref="FileNotFoundException">The blob's file does not exist.</exception>
    public byte[] Read(Contracts.Blob blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return blob.Length == 0 ? [] : Read(blob.Path).AsSpan((int)blob.Offset, (int)blob.Length).ToArray();
    }

    /// <summary>Creates or replaces a file as another program would: it counts neither as written nor as durable.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var file = new MemoryFile(this, path);
        file.Restore(content);
        _files[path] = file;
    }

    private IOException Fault(string path) => _free is not null
        ? new IOException($"No space left on device : '{path}'")
        : new IOException($"Input/output error : '{path}'");

    // How many bytes of a write are stored before a fault.
    private int Take(string path, int length, out IOException? fault)
    {
        var room = Math.Min(_free ?? long.MaxValue, _failAt is { } at ? Math.Max(0, at - Written) : long.MaxValue);
        fault = room < length ? Fault(path) : null;
        var taken = fault is null ? length : _free is not null || _tears ? (int)room : 0;
        Written += taken;
        _free -= taken;
        return taken;
    }
}
