namespace Recorder.Node.Cli;

/// <summary>The last part of the help of each command: notes and examples.</summary>
internal static class HelpTexts
{
    private const string Sources =
        """
        Sources:
          test:                            a test pattern with a timecode, and a tone (test:?size=1280x720&rate=25)
          clip.mp4, file:clip.mp4          a file, in real time (?pace=fast for as fast as possible, ?loop to repeat)
          rtsp://user:password@host/path   a camera; also rtsps: rtmp: rtmps: srt: http: https: udp: tcp: (#deadline=2s)
          v4l2:/dev/video0, x11::0.0       a camera device, a screen
          alsa:default, pulse:default      a sound device

        """;

    public const string Record = Sources + "\n" +
        """
        T is a duration with units: 100ms, 1s, 2m, 1h30m. N can end in k, M or G: 800k, 2.5M.
        The first Ctrl-C stops and completes the files; a second one aborts.

        Examples:
          recorder record test: --duration 5s --timeslice 1s -o take.mp4
          recorder record rtsp://camera/stream -o cam.mp4
          recorder record clip.mp4 rtsp://camera/stream test: --out takes/
          recorder record test: --mime 'video/webm;codecs=vp8,opus' -o take.webm

        Exit codes: 0 recorded, 1 a recording failed or a source could not be opened, 2 wrong usage, 130 aborted.

        """;

    public const string Root = Sources + "\n" +
        """
        Examples:
          recorder record rtsp://camera/stream -o cam.mp4    record to a file, without a node
          recorder serve --data recordings                   run a node, for the commands below
          recorder add hall rtsp://camera/stream
          recorder start hall
          recorder tail hall

        Run 'recorder COMMAND --help' for more information on a command.
        Exit codes: 0 success, 1 failure, 2 wrong usage, 130 aborted.

        """;

    public const string Probe = Sources + "\n" +
        """
        Examples:
          recorder probe rtsp://camera/stream
          recorder probe clip.mp4 --json

        """;

    public const string Serve =
        """
        Examples:
          recorder serve --data /var/lib/recorder
          recorder serve --data recordings --listen 127.0.0.1:8080

        """;

    public const string Folders =
        """
        Examples:
          recorder verify --data /var/lib/recorder
          recorder verify --data /var/lib/recorder hall
          recorder repair --data takes hall/20261122T150405.123Z-1 --json

        Exit codes: 0 no problems, 1 problems were found, 2 wrong usage, 130 aborted.

        """;

    public const string Keys =
        """
        Examples:
          recorder keys add --data /var/lib/recorder --role admin --name me
          recorder keys add --data /var/lib/recorder --role viewer --recorder 'hall-*' --expires 90d
          recorder keys ls --data /var/lib/recorder

        """;

    public const string List =
        """
        Examples:
          recorder ls
          recorder ls -l floor=2 --state recording
          recorder ls --node https://recorder.example --key-file key.txt --json
          recorder ls --data /var/lib/recorder               without a node

        """;

    public const string Add = Sources + "\n" +
        """
        T is a duration with units: 100ms, 1s, 2m, 1h30m, 30d. N can end in k, M or G: 800k, 2.5M.

        Examples:
          recorder add hall rtsp://camera/stream --label floor=2 --max-age 30d --start
          recorder add hall - < source.txt                   keeps the password out of the process list
          recorder add gate test: --timeslice 1s --extent 10m

        """;

    public const string Tail =
        """
        Examples:
          recorder tail
          recorder tail hall --kind gap --kind error
          recorder tail --json --after 0 | jq .

        """;

    public const string Recordings =
        """
        Examples:
          recorder recordings hall --from 2026-11-22T15:00:00Z
          recorder recordings --json
          recorder recordings --data /var/lib/recorder       without a node

        """;

    public const string Export =
        """
        Writes to FILE.part, which is renamed when it is complete. Media is only encoded again with --transcode.

        Examples:
          recorder export hall                               the newest recording
          recorder export hall -o hall.mp4 --from 12.5 --to 40
          recorder export hall~20261122T150405.123Z-1 -o evidence.mkv --from 2026-11-22T15:10:00Z
          recorder export hall --data /var/lib/recorder      without a node

        """;

    public const string Doctor =
        """
        Examples:
          recorder doctor --data /var/lib/recorder
          recorder doctor --data recordings --listen 127.0.0.1:9000 --json

        Exit codes: 0 a node can run, 1 it cannot.

        """;

    public const string Take =
        """
        Examples:
          recorder take arm left right wide --scene 12A      each recorder says whether it is ready
          recorder take start                                all files contain this moment
          recorder take start --ago 8s                       all files contain the moment 8 seconds ago
          recorder take mark clap --colour red
          recorder take show --watch
          recorder take stop
          recorder take rate circled
          recorder take timeline --at 10:20:30:12            which frame of each angle shows this time code
          recorder take export --out edit                    files for an editor; again goes on with them

        """;

    public const string Node =
        """
        Examples:
          recorder node ls
          recorder node drain n2 --wait                      hand over all recorders before stopping the node
          recorder node rm n3                                a node that will not return

        """;

    public const string Clock =
        """
        Examples:
          recorder clock show
          recorder clock trust                               after a wrong clock was corrected: recordings keep their age
          recorder clock trust --count-off-time              after the node was off: recordings age by that time

        """;

    public const string Cluster =
        """
        Examples:
          recorder cluster doctor
          recorder cluster doctor --node http://recorder-2:8080 --json
          recorder cluster cert ca                           once: cluster-certs/ with ca.pem, ca.key, cluster.key
          recorder cluster cert node n1 --host 10.0.0.1      cluster-certs/n1/, to be copied to the node
          recorder serve --cluster-certs n1 …
          recorder cluster cert node n1 --force              renew it; a node that runs notices its new files
          recorder cluster cert show cluster-certs/n1/node.pem

        Exit codes: 0 success or no problems, 1 failure or problems were found, 2 wrong usage.

        """;

    public const string Completion =
        """
        Examples:
          recorder completion bash > ~/.local/share/bash-completion/completions/recorder
          recorder completion zsh > ~/.zfunc/_recorder       requires fpath+=~/.zfunc before compinit
          recorder completion fish > ~/.config/fish/completions/recorder.fish

        """;

    public static string Verb(string name) =>
        name == "mark"
            ? """
              Examples:
                recorder mark hall 'door opens'
                recorder mark --all 'goal'

              """
            : $"""
              Examples:
                recorder {name} hall gate
                recorder {name} --label floor=2
                recorder {name} --all

              """;
}
