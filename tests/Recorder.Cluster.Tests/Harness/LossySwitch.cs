using System.Runtime.InteropServices;
using System.Text;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>
/// A switch that loses, delays, doubles and so reorders packets, as netem does, where the kernel has no netem: hosts are connected to it by TAP
/// devices, and what comes out of one is put into another by this process.
/// </summary>
public sealed class LossySwitch : IDisposable
{
    private const int ReadWrite = 2;
    private const nuint SetInterface = 0x400454ca;
    private const short TapWithoutHeader = 0x1002;
    private const int LongestFrame = 2048;

    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Random _random;
    private readonly List<int> _ports = [];
    private readonly Dictionary<ulong, int> _known = [];
    private readonly PriorityQueue<(int Port, byte[] Frame), long> _underWay = new();
    private readonly AutoResetEvent _more = new(false);
    private volatile bool _ends;

    /// <param name="seed">Of what it does to which packet.</param>
    public LossySwitch(int seed)
    {
        _random = new Random(seed);
        new Thread(Deliver) { IsBackground = true, Name = "switch" }.Start();
    }

    /// <summary>Whether this process may make TAP devices.</summary>
    public static bool IsPossible { get; } = CanOpen();

    /// <summary>How many of a thousand packets are lost.</summary>
    public int Loss { get; set; }

    /// <summary>How many of a thousand come twice.</summary>
    public int Doubled { get; set; }

    /// <summary>How long a packet takes, at least and at most; each its own time, so that one overtakes another.</summary>
    public (int Least, int Most) Milliseconds { get; set; }

    /// <summary>Packets that were lost.</summary>
    public int Lost { get; private set; }

    /// <summary>Makes a device with a name; it can be moved to another network namespace then.</summary>
    public void Plug(string name)
    {
        var port = Native.Open("/dev/net/tun", ReadWrite);
        port.ShouldBeGreaterThanOrEqualTo(0, $"/dev/net/tun: error {Marshal.GetLastPInvokeError()}");
        var request = new byte[40];
        Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
        BitConverter.GetBytes(TapWithoutHeader).CopyTo(request, 16);
        Native.Control(port, SetInterface, request).ShouldBe(0, $"{name}: error {Marshal.GetLastPInvokeError()}");
        lock (_gate)
        {
            _ports.Add(port);
        }

        new Thread(() => Read(port)) { IsBackground = true, Name = "port " + name }.Start();
    }

    public void Dispose()
    {
        _ends = true;
        _more.Set();
        lock (_gate)
        {
            _ports.ForEach(port => _ = Native.Close(port));
            _ports.Clear();
        }
    }

    private void Read(int port)
    {
        var frame = new byte[LongestFrame];
        while (!_ends)
        {
            var read = (int)Native.Read(port, frame, LongestFrame);
            if (read >= 14)
            {
                Forward(port, frame.AsSpan(0, read));
            }
            else if (read < 0)
            {
                // Not up yet, or gone with its host.
                _more.WaitOne(Idle);
            }
        }
    }

    private void Forward(int from, ReadOnlySpan<byte> frame)
    {
        var (to, source) = (Address(frame), Address(frame[6..]));
        lock (_gate)
        {
            _known[source] = from;
            foreach (var port in _known.TryGetValue(to, out var known) ? [known] : _ports.Where(port => port != from).ToArray())
            {
                if (_random.Next(1000) < Loss)
                {
                    Lost++;
                    continue;
                }

                for (var copies = _random.Next(1000) < Doubled ? 2 : 1; copies > 0; copies--)
                    _underWay.Enqueue((port, frame.ToArray()), Environment.TickCount64 + _random.Next(Milliseconds.Least, Milliseconds.Most + 1));
            }
        }

        _more.Set();
    }

    private void Deliver()
    {
        while (!_ends)
        {
            var wait = Idle;
            lock (_gate)
            {
                while (_underWay.TryPeek(out var next, out var due))
                {
                    if (due - Environment.TickCount64 is > 0 and var left)
                    {
                        wait = TimeSpan.FromMilliseconds(left);
                        break;
                    }

                    _underWay.Dequeue();
                    _ = Native.Write(next.Port, next.Frame, (nuint)next.Frame.Length);
                }
            }

            _more.WaitOne(wait < Idle ? wait : Idle);
        }
    }

    private static ulong Address(ReadOnlySpan<byte> frame) =>
        ((ulong)frame[0] << 40) | ((ulong)frame[1] << 32) | ((ulong)frame[2] << 24) | ((ulong)frame[3] << 16) | ((ulong)frame[4] << 8) | frame[5];

    private static bool CanOpen()
    {
        var file = Native.Open("/dev/net/tun", ReadWrite);
        if (file >= 0)
            _ = Native.Close(file);

        return file >= 0;
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Control(int file, nuint request, byte[] argument);

        [DllImport("libc", EntryPoint = "read", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nint Read(int file, byte[] into, nuint count);

        [DllImport("libc", EntryPoint = "write", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nint Write(int file, byte[] from, nuint count);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int file);
    }
}
