// The control room begins here.
import './ui/control-room.js';
