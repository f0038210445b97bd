using Recorder.Actors.Storage;

namespace Recorder.Testing;

/// <summary>
/// The disk of a <see cref="RecorderWorld"/>: files in memory, and faults when the spec says so: slow, stalled, full, an I/O error at a
/// byte, a torn write. Bytes are counted over all files, index and descriptions included.
/// </summary>
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

    /// <summary>How long each write, flush or new file takes; none unless set.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether nothing is written until <see cref="Continue"/>.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Bytes written so far, to all files.</summary>
    public long Written { get; private set; }

    /// <summary>The paths of all files.</summary>
    public IReadOnlyCollection<string> Paths => _files.Keys;

    internal IVolumes Volumes => Volume;

    private OneVolume Volume { get; }

    /// <summary>Takes nothing until <see cref="Continue"/>; what is posted meanwhile waits.</summary>
    public void Stall() => IsStalled = true;

    /// <summary>Ends <see cref="Stall"/>.</summary>
    public void Continue()
    {
        IsStalled = false;
        _volume.Tell(VolumeActor.Continue.Instance, ActorRefs.NoSender);
    }

    /// <summary>Has room for this many more bytes; the write that does not fit fails and leaves what fitted.</summary>
    /// <param name="bytes">How many; null: no limit.</param>
    public void Fill(long? bytes = 0) => _free = bytes;

    /// <summary>The write that holds this byte fails, and all after it, until <see cref="Repair"/>.</summary>
    /// <param name="written">The byte, counted as <see cref="Written"/> is.</param>
    /// <param name="torn">Whether the part before it is left behind in the file; else nothing of the write is.</param>
    public void FailAt(long written, bool torn = false) => (_failAt, _tears) = (written, torn);

    /// <summary>A flush to the platter fails from now on, until <see cref="Repair"/>.</summary>
    public void FailFlushes() => _losesFlushes = true;

    /// <summary>What was never flushed to the platter is gone: ends of files, and files whose folder was not.</summary>
    public void CutPower()
    {
        foreach (var (path, file) in _files.ToList())
        {
            if (!file.CutPower())
            {
                _files.Remove(path);
            }
        }
    }

    /// <summary>Ends every fault.</summary>
    public void Repair()
    {
        _losesFlushes = false;
        (_free, _failAt, Delay) = (null, null, TimeSpan.Zero);
        Continue();
    }

    /// <summary>What is in a file.</summary>
    /// <exception cref="FileNotFoundException">There is none; the message lists those that are.</exception>
    public byte[] Read(string path) => _files.TryGetValue(path, out var file)
        ? file.Content
        : throw new FileNotFoundException($"There is no file {path}; there are: {string.Join(", ", _files.Keys)}", path);

    /// <summary>The bytes of a blob.</summary>
    public byte[] Read(Contracts.Blob blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return blob.Length == 0 ? [] : Read(blob.Path).AsSpan((int)blob.Offset, (int)blob.Length).ToArray();
    }

    /// <summary>Puts a file there, as if somebody else had.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var file = new MemoryFile(this, path);
        file.Restore(content);
        _files[path] = file;
    }

    private IOException Fault(string path) => _free is not null
        ? new IOException($"No space left on device : '{path}'")
        : new IOException($"Input/output error : '{path}'");

    // How much of a write gets through.
    private int Take(string path, int length, out IOException? fault)
    {
        var room = Math.Min(_free ?? long.MaxValue, _failAt is { } at ? Math.Max(0, at - Written) : long.MaxValue);
        fault = room < length ? Fault(path) : null;
        var taken = fault is null ? length : _free is not null || _tears ? (int)room : 0;
        Written += taken;
        _free -= taken;
        return taken;
    }

    private sealed class MemoryFile(FaultyDisk disk, string path) : IDiskFile
    {
        private byte[] _content = [];
        private int _length;
        private int _durable;
        private bool _hasName;

        public byte[] Content => _content.AsSpan(0, _length).ToArray();

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset)
        {
            foreach (var segment in segments)
            {
                Write(segment.Span, offset);
                offset += segment.Length;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var taken = disk.Take(path, bytes.Length, out var fault);
            Put(bytes[..taken], (int)offset);
            if (fault is not null)
            {
                throw fault;
            }
        }

        public int Read(Span<byte> into, long offset)
        {
            var count = (int)Math.Clamp(_length - offset, 0, into.Length);
            _content.AsSpan((int)offset, count).CopyTo(into);
            return count;
        }

        public void SetLength(long length)
        {
            _length = Math.Min(_length, (int)length);
            _durable = Math.Min(_durable, _length);
        }

        public void BeginFlush()
        {
        }

        public void Flush()
        {
            if (disk._losesFlushes || (disk._failAt is { } at && disk.Written >= at))
            {
                throw new IOException($"Input/output error : '{path}'");
            }

            _durable = _length;
        }

        public void FlushName() => _hasName = true;

        /// <summary>False when nobody would find it.</summary>
        public bool CutPower()
        {
            _length = _durable;
            return _hasName;
        }

        public void Restore(ReadOnlySpan<byte> content) => Put(content, 0);

        public void Dispose()
        {
        }

        private void Put(ReadOnlySpan<byte> bytes, int offset)
        {
            var end = offset + bytes.Length;
            if (end > _content.Length)
            {
                Array.Resize(ref _content, Math.Max(end, _content.Length * 2));
            }

            bytes.CopyTo(_content.AsSpan(offset));
            _length = Math.Max(_length, end);
        }
    }
}
